"""Counting the agreements of a column, in all columns at once."""

from amaranth import Const, Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .adder import Adder
from .agreement_counter import AgreementCounter

__all__ = ["Popcount"]

#: Words up to which one counter does it. Its parity is a chain, so more words would be smaller still, but slower.
_COUNTED_AT_ONCE = 31


class Popcount(wiring.Component):
    """Counts, in each lane, the words that agree with their bit: the popcount of an XNOR. Combinational.

    A tree of adders over counters of 2^k − 1 words each. Every adder has a word of its own to add, in the place
    of its carry, so that 2n + 1 words are counted by an adder and two counts of n.

    Parameters
    ----------
    words : :class:`int`
        Number of words, and so the largest count.
    lanes : :class:`int`
        Bits of a word.

    Members
    -------
    bits, words, count
        As in :class:`AgreementCounter`.
    """

    def __init__(self, words: int, lanes: int):
        for name, value in (("words", words), ("lanes", lanes)):
            if type(value) is not int or value < 1:
                raise ValueError(f"Popcount {name} must be a positive integer, not {value!r}")
        self._lanes = lanes
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
        if size <= _COUNTED_AT_ONCE:
            m.submodules.counter = part = AgreementCounter(size, lanes)
            self._connect(m, part, 0, size)
            m.d.comb += [plane.eq(ones) for plane, ones in zip(self.count, part.count, strict=True)]
            return m

        # The largest 2^k − 1 words that leave one for the adder, and what then remains.
        width = size.bit_length() - 1
        half = 2**width - 1
        m.submodules.adder = adder = Adder(width, lanes, agreement=True)
        m.d.comb += [adder.x.eq(self.bits[-1]), adder.w.eq(self.words[size - 1])]
        for name, operand, start, stop in (("low", adder.a, 0, half), ("high", adder.b, half, size - 1)):
            planes = []
            if start < stop:
                m.submodules[name] = part = Popcount(stop - start, lanes)
                self._connect(m, part, start, stop)
                planes = list(part.count)
            planes += [Const(0, lanes)] * (width - len(planes))
            m.d.comb += [plane.eq(ones) for plane, ones in zip(operand, planes, strict=True)]
        m.d.comb += [plane.eq(total) for plane, total in zip(self.count, adder.sum, strict=True)]
        return m

    def _connect(self, m: Module, part: wiring.Component, start: int, stop: int) -> None:
        m.d.comb += part.bits.eq(self.bits[start:stop])
        m.d.comb += [port.eq(word) for port, word in zip(part.words, list(self.words)[start:stop], strict=True)]
