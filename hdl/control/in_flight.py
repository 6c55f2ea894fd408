"""Inputs in flight."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig

__all__ = ["InFlight"]

#: Stages that hold inputs beside those of the layers.
_STAGES, _PREDICTIVE_STAGES = 4, 6


class InFlight(wiring.Component):
    """Counter of the inputs in flight.

    An input is in flight from its start to its last result. A start is counted one cycle later; ``busy`` shows it at
    once.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    started, done : :py:`In(1)`
        An input was started, or its last result was taken, in this cycle.
    busy : :py:`Out(1)`
        An input is in the core.
    """

    def __init__(self, config: CoreConfig):
        # Every stage holds two inputs at the most.
        stages = len(config.layers) * 2 + (_STAGES if config.measures is None else _PREDICTIVE_STAGES)
        self._limit = 2 * stages
        super().__init__({"started": In(1), "done": In(1), "busy": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        in_flight = Signal(range(self._limit))
        started = Signal()
        m.d.sync += [started.eq(self.started), in_flight.eq(in_flight + started - self.done)]
        m.d.comb += self.busy.eq(started | (in_flight != 0))
        return m
