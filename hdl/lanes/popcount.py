"""Agreement count of a column, in all columns."""

from amaranth import Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .adder import Adder
from .agreement_counter import AgreementCounter

__all__ = ["Popcount"]

#: Largest number of words for one counter. Its parity is a chain, so more words would be smaller still, but slower.
_COUNTED_AT_ONCE = 31


class Popcount(wiring.Component):
    """Popcount of an XNOR in every lane.

    Counts the words that agree with their bit. Combinational, or with a register stage in the middle one cycle later.

    A tree of adders over counters of 2^k − 1 words each. Every adder adds one word itself, through its carry
    input, so that 2n + 1 words are counted by an adder and two counts of n.

    Parameters
    ----------
    words : :class:`int`
        Number of words, and so the largest count.
    lanes : :class:`int`
        Bits of a word.
    registered : :class:`bool`
        Whether there is a register stage.

    Members
    -------
    bits, words, count
        As in :class:`AgreementCounter`.
    """

    def __init__(self, words: int, lanes: int, *, registered: bool = False):
        for name, value in (("words", words), ("lanes", lanes)):
            if type(value) is not int or value < 1:
                raise ValueError(f"Popcount {name} must be a positive integer, not {value!r}")
        self._lanes = lanes
        self._registered = registered
        super().__init__(
            {
                "bits": In(words),
                "words": In(lanes).array(words),
                "count": Out(lanes).array(words.bit_length()),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        size, lanes = len(self.words), self._lanes
        if size == 1 or (size <= _COUNTED_AT_ONCE and not self._registered):
            m.submodules.counter = part = AgreementCounter(size, lanes)
            self._connect(m, part, 0, size)
            m.d.comb += [plane.eq(self._stage(m, ones)) for plane, ones in zip(self.count, part.count, strict=True)]
            return m

        # The last word is the adder's own. One side counts as many of the others as fill its operand, since 2^k − 1
        # take the fewest cells, and the other side the rest; half of them each where the critical path matters.
        width = size.bit_length() - 1
        half = (size - 1) // 2 if self._registered else 2**width - 1
        m.submodules.adder = adder = Adder(width, lanes, agreement=True)
        last = Mux(self.bits[-1], self.words[size - 1], ~self.words[size - 1])
        if self._registered:
            m.d.comb += [adder.x.eq(1), adder.w.eq(self._stage(m, last))]
        else:
            m.d.comb += [adder.x.eq(self.bits[-1]), adder.w.eq(self.words[size - 1])]
        for name, operand, start, stop in (("low", adder.a, 0, half), ("high", adder.b, half, size - 1)):
            planes: list[Value] = []
            if start < stop:
                m.submodules[name] = part = Popcount(stop - start, lanes)
                self._connect(m, part, start, stop)
                planes = [self._stage(m, plane) for plane in part.count]
            planes += [Const(0, lanes)] * (width - len(planes))
            m.d.comb += [plane.eq(ones) for plane, ones in zip(operand, planes, strict=True)]
        m.d.comb += [plane.eq(total) for plane, total in zip(self.count, adder.sum, strict=True)]
        return m

    def _stage(self, m: Module, value: Value) -> Value:
        """Return ``value``, or a register of it."""
        if not self._registered:
            return value
        register = Signal.like(value, name="stage")
        m.d.sync += register.eq(value)
        return register

    def _connect(self, m: Module, part: wiring.Component, start: int, stop: int) -> None:
        m.d.comb += part.bits.eq(self.bits[start:stop])
        m.d.comb += [port.eq(word) for port, word in zip(part.words, list(self.words)[start:stop], strict=True)]
