"""Results of each input."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Measure, PredictiveFormat
from ..streams import ClassStatistics, Logit, Result, StreamQueue, Tee
from .predictive.predictive import Predictive
from .result_join import ResultJoin
from .statistics import Statistics

__all__ = ["ResultUnit"]


class ResultUnit(wiring.Component):
    """Results of each input, from its logits.

    Statistics of the passes and, where the core has them, predictive probabilities and measures. A list of connections:
    a :class:`Statistics`, and beside it a :class:`Predictive` where the core has one, whose two results a
    :class:`ResultJoin` puts together. Results come as from the slower of the two.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    i : :py:`In(stream.Signature(Logit(config)))`
        Logits: the classes of a pass in order, the passes of an input one after the other.
    o : :py:`Out(stream.Signature(Result(config)))`
        As many beats as classes for each input.
    done : :py:`Out(1)`
        The last beat of an input is being taken.
    measure, threshold
        As in :class:`Predictive`. Only in a core with predictive probabilities.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        members: dict[str, wiring.Member] = {}
        if config.measures is not None:
            members = {"measure": In(range(len(Measure))), "threshold": In(config.measures.threshold_width)}
        super().__init__(
            {
                "i": In(stream.Signature(Logit(config))),
                "o": Out(stream.Signature(Result(config))),
                "done": Out(1),
                **members,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.statistics = statistics = Statistics(self._config)
        if self._config.measures is not None:
            self._join(m, self._config.measures, statistics)
        else:
            wiring.connect(m, wiring.flipped(self.i), statistics.i)
            wiring.connect(m, statistics.o, wiring.flipped(self.o))
            m.d.comb += self.done.eq(statistics.done)
        return m

    def _join(self, m: Module, measures: PredictiveFormat, statistics: Statistics) -> None:
        """Connect the predictive probabilities beside the statistics."""
        config = self._config
        m.submodules.tee = tee = Tee(Logit(config))
        m.submodules.predictive = predictive = Predictive(measures, Logit(config), total_width=config.pass_weight_width)
        # Statistics are done first: they wait here, so that those of the next input can begin.
        m.submodules.summaries = summaries = StreamQueue(ClassStatistics(config), config.network.classes)
        m.submodules.join = join = ResultJoin(config, measures)
        wiring.connect(m, wiring.flipped(self.i), tee.i)
        wiring.connect(m, tee.first, predictive.i)
        wiring.connect(m, tee.second, statistics.i)
        wiring.connect(m, statistics.o, summaries.i)
        wiring.connect(m, summaries.o, join.statistics)
        wiring.connect(m, predictive.o, join.predictions)
        wiring.connect(m, join.o, wiring.flipped(self.o))
        m.d.comb += [
            predictive.measure.eq(self.measure),
            predictive.threshold.eq(self.threshold),
            self.done.eq(join.done),
        ]
