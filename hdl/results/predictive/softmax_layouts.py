"""Layouts of the softmax beats.

One beat per class of a pass, in order.
"""

from amaranth.lib import data

from ...config import PredictiveFormat

__all__ = ["Difference", "Exponential", "PassEnd", "Probability", "pass_weight_width"]


def pass_weight_width(logit: data.StructLayout) -> int:
    """Return the bits of the weight of a pass in a layout of logits; 0 where it has none, and each weight is 1."""
    return logit["weight"].width if "weight" in logit.members else 0


class PassEnd(data.StructLayout):
    """End marker of a pass, beside its classes.

    Members
    -------
    last : :py:`unsigned(1)`
        The pass is the final one of its input.
    weight : :py:`unsigned(pass_weight_width)`
        Weight of the pass.
    """

    def __init__(self, pass_weight_width: int):
        super().__init__({"last": 1, "weight": pass_weight_width})


class Difference(data.StructLayout):
    """Distance of a logit from the maximum.

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
    """Exponential of one difference.

    Members
    -------
    value : :py:`unsigned(exponential_width)`
        exp(-difference) in fixed point with ``exponential_bits`` fraction bits.
    final, end
        As in :class:`Difference`.
    """

    def __init__(self, measures: PredictiveFormat, pass_weight_width: int):
        super().__init__({"value": measures.exponential_width, "final": 1, "end": PassEnd(pass_weight_width)})


class Probability(data.StructLayout):
    """Probability of one class.

    Members
    -------
    value : :py:`unsigned(probability_width)`
        Fixed point with ``probability_bits`` fraction bits, 0 to 1.
    final, end
        As in :class:`Difference`.
    """

    def __init__(self, measures: PredictiveFormat, pass_weight_width: int):
        super().__init__({"value": measures.probability_width, "final": 1, "end": PassEnd(pass_weight_width)})
