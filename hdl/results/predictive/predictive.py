"""Predictive probabilities and measures of uncertainty."""

from amaranth import Module
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import Measure, PredictiveFormat
from ...streams import Prediction
from .accumulation import Accumulation
from .measures import Measures
from .softmax import Softmax
from .softmax_layouts import pass_weight_width

__all__ = ["Predictive"]

#: Cycles from the last probability of an input to its totals.
_TOTALS = 3


class Predictive(wiring.Component):
    """Predictive probabilities and uncertainty of each input.

    Mean probabilities over the passes of an input, entropies and "don't know"
    (docs/numerics.md#predictive-probabilities), as a list of connections.

    Takes a logit a cycle, and a pass every :attr:`cycles` cycles while no input ends. The first result of an input is
    valid :attr:`latency` cycles after its last logit was taken, then one a cycle; meanwhile the next input is taken.
    Inputs follow one another at the earliest every :attr:`input_cycles` cycles.

    Parameters
    ----------
    measures : :class:`PredictiveFormat`
        Formats.
    logit : :class:`~amaranth.lib.data.StructLayout`
        Beats with the members ``value``, ``index`` and ``last``, and ``weight`` where passes have one; without it each
        weight is 1. The weight is that of the pass's last class.
    total_width : :class:`int`
        Bits of the sum of the weights of an input, which is at least 1.

    Members
    -------
    i : :py:`In(stream.Signature(logit))`
        Logits: the classes of a pass in order, the passes of an input one after the other.
    o : :py:`Out(stream.Signature(Prediction(measures)))`
        As many beats as classes for each input.
    measure, threshold : :py:`In(…)`
        As in :class:`~hdl.results.predictive.Measures`.
    """

    def __init__(self, measures: PredictiveFormat, logit: data.StructLayout, *, total_width: int):
        weights = pass_weight_width(logit)
        self._classes = measures.classes
        self._softmax = Softmax(measures, logit)
        self._accumulation = Accumulation(measures, weights, total_width)
        self._measures = Measures(measures, total_width)
        super().__init__(
            {
                "i": In(stream.Signature(logit)),
                "o": Out(stream.Signature(Prediction(measures))),
                "measure": In(range(len(Measure))),
                "threshold": In(measures.threshold_width),
            }
        )

    @property
    def cycles(self) -> int:
        """Cycles from one pass of an input to the next."""
        return self._softmax.cycles

    @property
    def latency(self) -> int:
        """Cycles from the last logit of an input to its first result, without backpressure."""
        return self._softmax.latency + self._classes - 1 + _TOTALS + self._measures.latency

    @property
    def input_cycles(self) -> int:
        """Least cycles from one input to the next, without backpressure."""
        return self._measures.latency + self._classes

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.softmax = softmax = self._softmax
        m.submodules.accumulation = accumulation = self._accumulation
        m.submodules.measures = measures = self._measures
        wiring.connect(m, wiring.flipped(self.i), softmax.i)
        wiring.connect(m, softmax.o, accumulation.i)
        wiring.connect(m, accumulation.o, measures.i)
        wiring.connect(m, measures.o, wiring.flipped(self.o))
        m.d.comb += [
            accumulation.fetch.eq(measures.fetch),
            accumulation.index.eq(measures.index),
            measures.fetched.eq(accumulation.fetched),
            accumulation.look_up.eq(measures.look_up),
            accumulation.probability.eq(measures.probability),
            measures.surprise.eq(accumulation.surprise),
            measures.measure.eq(self.measure),
            measures.threshold.eq(self.threshold),
        ]
        return m
