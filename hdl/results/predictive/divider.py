"""Sequential division with several bits a cycle."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["Divider", "Fraction"]


class Fraction(data.StructLayout):
    """Operands of a division.

    Members
    -------
    numerator : :py:`unsigned(numerator_width)`
        Dividend.
    denominator : :py:`unsigned(denominator_width)`
        Divisor, not 0.
    """

    def __init__(self, numerator_width: int, denominator_width: int):
        super().__init__({"numerator": numerator_width, "denominator": denominator_width})


class Divider(wiring.Component):
    """Sequential divider.

    The quotient ⌊numerator / denominator⌋ must fit ``quotient_width`` bits.

    Takes a fraction every :attr:`cycles` cycles; its quotient is valid in the cycle in which the next may be taken. It
    is held until it is taken, while the next is being computed.

    Parameters
    ----------
    numerator_width, denominator_width, quotient_width : :class:`int`
        Bits of the operands and of the quotient.
    bits_per_cycle : :class:`int`
        Bits of the quotient found in a cycle, each a subtraction in series with the previous one.

    Members
    -------
    i : :py:`In(stream.Signature(Fraction(numerator_width, denominator_width)))`
        Fractions.
    o : :py:`Out(stream.Signature(quotient_width))`
        Quotients, in the order of their fractions.
    """

    def __init__(self, numerator_width: int, denominator_width: int, quotient_width: int, *, bits_per_cycle: int = 2):
        self._denominator_width = denominator_width
        self._bits_per_cycle = bits_per_cycle
        self._steps = -(-quotient_width // bits_per_cycle)
        # The bits of the numerator above the quotient's width are the first remainder.
        self._low_width = self._steps * bits_per_cycle
        super().__init__(
            {
                "i": In(stream.Signature(Fraction(numerator_width, denominator_width))),
                "o": Out(stream.Signature(quotient_width)),
            }
        )

    @property
    def cycles(self) -> int:
        """Cycles from a fraction to its quotient without backpressure."""
        return self._steps + 1

    def elaborate(self, platform: object) -> Module:
        m = Module()
        width = self._denominator_width
        denominator = Signal(width)
        # Numerator bits leave at the top as bits of the quotient enter at the bottom.
        remainder = Signal(width)
        low = Signal(self._low_width)
        todo = Signal(range(self._steps + 1))
        busy = Signal()
        step = Signal()
        last = Signal()
        m.d.comb += [
            self.i.ready.eq(~busy),
            last.eq(todo == 1),
            # The previous quotient may still be waiting.
            step.eq(busy & (~last | ~self.o.valid | self.o.ready)),
        ]

        value, digits = remainder, low
        for bit in range(self._bits_per_cycle):
            shifted = Cat(digits[-1], value)
            difference = Signal(width + 2, name=f"difference_{bit}")
            m.d.comb += difference.eq(shifted - denominator)
            fits = ~difference[-1]
            value = Mux(fits, difference[:width], shifted[:width])
            digits = Cat(fits, digits[:-1])
        with m.If(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(step):
            m.d.sync += [remainder.eq(value), low.eq(digits), todo.eq(todo - 1)]
            with m.If(last):
                m.d.sync += [busy.eq(0), self.o.valid.eq(1), self.o.payload.eq(digits)]
        with m.If(self.i.valid & self.i.ready):
            numerator = self.i.p.numerator
            m.d.sync += [
                busy.eq(1),
                todo.eq(self._steps),
                denominator.eq(self.i.p.denominator),
                low.eq(numerator[: self._low_width]),
                remainder.eq(numerator[self._low_width :]),
            ]

        return m
