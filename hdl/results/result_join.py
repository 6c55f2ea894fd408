"""Statistics and predictive probabilities in one stream."""

from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, PredictiveFormat
from ..streams import ClassStatistics, Prediction, Result

__all__ = ["ResultJoin"]


class ResultJoin(wiring.Component):
    """Join of the two parts of each result.

    Combinational; one a cycle, once both parts are valid.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    measures : :class:`PredictiveFormat`
        Formats of probabilities and measures.

    Members
    -------
    statistics : :py:`In(stream.Signature(ClassStatistics(config)))`
        First part: the classes of an input in order, ``index`` among the members.
    predictions : :py:`In(stream.Signature(Prediction(measures)))`
        Second part, in the same order.
    o : :py:`Out(stream.Signature(Result(config)))`
        Both.
    done : :py:`Out(1)`
        The last beat of an input is being taken.
    """

    def __init__(self, config: CoreConfig, measures: PredictiveFormat):
        self._config = config
        super().__init__(
            {
                "statistics": In(stream.Signature(ClassStatistics(config))),
                "predictions": In(stream.Signature(Prediction(measures))),
                "o": Out(stream.Signature(Result(config))),
                "done": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.d.comb += self.o.valid.eq(self.statistics.valid & self.predictions.valid)
        for part in (self.statistics, self.predictions):
            m.d.comb += part.ready.eq(self.o.valid & self.o.ready)
            m.d.comb += [self.o.p[name].eq(part.p[name]) for name in part.p.shape().members]
        last = self.o.p.index == self._config.network.classes - 1
        m.d.comb += self.done.eq(self.o.valid & self.o.ready & last)
        return m
