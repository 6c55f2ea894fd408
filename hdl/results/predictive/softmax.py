"""Softmax of the logits of a pass."""

from amaranth import Module
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import PredictiveFormat
from .differences import Differences
from .exponentials import Exponentials
from .normalization import Normalization
from .softmax_layouts import Probability, pass_weight_width

__all__ = ["Softmax"]

#: Cycles from the last logit of a pass to its first difference, and from a difference to its exponential.
_DIFFERENCE, _EXPONENTIAL = 2, 1


class Softmax(wiring.Component):
    """Softmax of each pass (docs/numerics.md#predictive-probabilities).

    A list of connections.

    Takes a logit a cycle and a pass every :attr:`cycles` cycles. The first probability of a pass appears
    :attr:`latency` cycles after its last logit was taken, then one a cycle.

    Parameters
    ----------
    measures : :class:`PredictiveFormat`
        Formats.
    logit : :class:`~amaranth.lib.data.StructLayout`
        As in :class:`~hdl.results.predictive.Differences`.

    Members
    -------
    i : :py:`In(stream.Signature(logit))`
        Logits: the classes of a pass in order.
    o : :py:`Out(stream.Signature(Probability(measures, pass_weight_width(logit))))`
        Their probabilities.
    """

    def __init__(self, measures: PredictiveFormat, logit: data.StructLayout):
        width = pass_weight_width(logit)
        self._measures = measures
        self._differences = Differences(measures, logit)
        self._exponentials = Exponentials(measures, width)
        self._normalization = Normalization(measures, width)
        super().__init__({"i": In(stream.Signature(logit)), "o": Out(stream.Signature(Probability(measures, width)))})

    @property
    def cycles(self) -> int:
        """Cycles from one pass to the next."""
        return self._normalization.cycles

    @property
    def latency(self) -> int:
        """Cycles from the last logit of a pass to its first probability, without backpressure."""
        return _DIFFERENCE + self._measures.classes - 1 + _EXPONENTIAL + self._normalization.latency

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.differences = differences = self._differences
        m.submodules.exponentials = exponentials = self._exponentials
        m.submodules.normalization = normalization = self._normalization
        wiring.connect(m, wiring.flipped(self.i), differences.i)
        wiring.connect(m, differences.o, exponentials.i)
        wiring.connect(m, exponentials.o, normalization.i)
        wiring.connect(m, normalization.o, wiring.flipped(self.o))
        return m
