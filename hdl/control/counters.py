"""Counters of inputs and busy cycles."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..contract import WORD_WIDTH

__all__ = ["Counters"]


class Counters(wiring.Component):
    """Counters of inputs and of busy clock cycles.

    Members
    -------
    busy : :py:`In(1)`
        An input is in the core.
    done : :py:`In(1)`
        The last result of an input was taken.
    clear : :py:`In(1)`
        Restart at 0.
    keep : :py:`In(1)`
        Keep the upper half of the cycles in ``high``, so that two reads give one number.
    inputs, low, high : :py:`Out(32)`
        Inputs; lower half of the cycles; upper half as it was at the last ``keep``. They wrap to 0 after
        their largest value.
    """

    def __init__(self):
        controls = dict.fromkeys(("busy", "done", "clear", "keep"), In(1))
        super().__init__({**controls, **dict.fromkeys(("inputs", "low", "high"), Out(WORD_WIDTH))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        # A carry through 64 bits would be the critical path of a small core: the upper half follows a cycle later.
        upper = Signal(WORD_WIDTH)
        following = Signal(WORD_WIDTH)
        carry = Signal()
        m.d.comb += following.eq(upper + carry)
        m.d.sync += [
            self.inputs.eq(self.inputs + self.done),
            self.low.eq(self.low + self.busy),
            carry.eq(self.busy & self.low.all()),
            upper.eq(following),
        ]
        with m.If(self.keep):
            m.d.sync += self.high.eq(following)
        with m.If(self.clear):
            m.d.sync += [self.inputs.eq(0), self.low.eq(0), carry.eq(0), upper.eq(0)]
        return m
