"""Monte-Carlo pass counter."""

from amaranth import Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig

__all__ = ["PassCounter"]


class PassCounter(wiring.Component):
    """Counter of passes, with a registered last-pass flag.

    ``last`` holds from the cycle in which its pass begins; a pass may end in every cycle.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    step : :py:`In(1)`
        A pass ends; the next begins in the cycle after.
    passes : :py:`In(passes_width)`
        Passes per input, at least 1. Must be stable from the cycle before the first pass of an input to its end.
    last : :py:`Out(1)`
        The pass is the last of its input.
    """

    def __init__(self, config: CoreConfig):
        super().__init__({"step": In(1), "passes": In(config.passes_width), "last": Out(1)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        # The number of the pass, from 1, is compared a cycle ahead: `last` has a high fan-out.
        number = Signal.like(self.passes, init=1)
        m.d.sync += self.last.eq(number == self.passes)
        with m.If(self.step):
            m.d.sync += number.eq(Mux(self.last, 1, number + 1))
            m.d.sync += self.last.eq(Mux(self.last, self.passes == 1, number + 1 == self.passes))
        return m
