"""Division by the size of a layer."""

from amaranth import Cat, Const, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import ceil_log2

__all__ = ["MeanDivider"]


class MeanDivider(wiring.Component):
    """Restoring divider by a constant, a bit a cycle.

    The quotient is ⌊dividend / divisor⌋. It is there ``cycles + 1`` cycles after ``start`` and stays until the next,
    which may come in that cycle.

    Parameters
    ----------
    width : :class:`int`
        Bits of the quotient.
    divisor : :class:`int`
        The divisor, at least 1; the dividend is less than ``divisor * 2**width``.

    Members
    -------
    start : :py:`In(1)`
        Divide ``dividend``.
    dividend : :py:`In(width + ceil_log2(divisor))`
        Number to divide.
    quotient : :py:`Out(width)`
        Quotient.
    ready : :py:`Out(1)`
        No bit of the quotient is missing.
    """

    def __init__(self, width: int, divisor: int):
        self._width = width
        self._divisor = divisor
        self._more = ceil_log2(divisor)
        super().__init__({"start": In(1), "dividend": In(width + self._more), "quotient": Out(width), "ready": Out(1)})

    @property
    def cycles(self) -> int:
        """Cycles of a division: none where the divisor is a power of two."""
        return 0 if self._divisor & (self._divisor - 1) == 0 else self._width

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if not self.cycles:
            with m.If(self.start):
                m.d.sync += self.quotient.eq(self.dividend >> self._more)
            m.d.comb += self.ready.eq(1)
            return m

        # The dividend is less than divisor * 2^width, so that its upper part is a remainder to begin with.
        left = Signal(range(self._width + 1))
        remainder = Signal(self._more)
        shifted = Signal(self._more + 1)
        fits = Signal()
        m.d.comb += [
            shifted.eq(Cat(self.quotient[-1], remainder)),
            fits.eq(shifted >= self._divisor),
            self.ready.eq(left == 0),
        ]
        with m.If(self.start):
            m.d.sync += [Cat(self.quotient, remainder).eq(self.dividend), left.eq(self._width)]
        with m.Elif(left != 0):
            m.d.sync += [
                left.eq(left - 1),
                self.quotient.eq(Cat(fits, self.quotient)),
                remainder.eq(shifted - Mux(fits, self._divisor, Const(0))),
            ]
        return m
