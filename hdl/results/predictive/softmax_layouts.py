"""What travels between the blocks of the softmax, one beat per class of a pass, in order."""

from amaranth.lib import data

from ...config import PredictiveFormat

__all__ = ["Difference", "Exponential", "PassEnd", "Probability", "pass_weight_width"]


def pass_weight_width(logit: data.StructLayout) -> int:
    """Return the bits of the weight of a pass in a layout of logits; 0 where it has none, and all weigh 1."""
    return logit["weight"].width if "weight" in logit.members else 0


class PassEnd(data.StructLayout):
    """What the blocks know of a pass beside its classes.

    Members
    -------
    last : :py:`unsigned(1)`
        The pass is the final one of its input.
    weight : :py:`unsigned(pass_weight_width)`
        What the pass counts.
    """

    def __init__(self, pass_weight_width: int):
        super().__init__({"last": 1, "weight": pass_weight_width})


class Difference(data.StructLayout):
    """How far a logit is below the largest of its pass.

    Members
    -------
    value : :py:`unsigned(logit_width)`
        Largest logit - logit.
    final : :py:`unsigned(1)`
        Set on the last class.
    end : :class:`PassEnd`
        The same in all beats of a pass.
    """

    def __init__(self, measures: PredictiveFormat, pass_weight_width: int):
        super().__init__({"value": measures.logit_width, "final": 1, "end": PassEnd(pass_weight_width)})


class Exponential(data.StructLayout):
    """The same as exp(-difference).

    Members
    -------
    value : :py:`unsigned(exponential_width)`
        Fixed point with ``exponential_bits`` after it.
    final, end
        As in :class:`Difference`.
    """

    def __init__(self, measures: PredictiveFormat, pass_weight_width: int):
        super().__init__({"value": measures.exponential_width, "final": 1, "end": PassEnd(pass_weight_width)})


class Probability(data.StructLayout):
    """The same as a share of all classes.

    Members
    -------
    value : :py:`unsigned(probability_width)`
        Fixed point with ``probability_bits`` after it, 0 to 1.
    final, end
        As in :class:`Difference`.
    """

    def __init__(self, measures: PredictiveFormat, pass_weight_width: int):
        super().__init__({"value": measures.probability_width, "final": 1, "end": PassEnd(pass_weight_width)})
