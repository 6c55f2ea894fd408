"""Agreement count of few words, all columns."""

from amaranth import Cat, Instance, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..verilog import ColumnCells
from .carry_save import carry_save_sum

__all__ = ["AgreementCounter"]


class AgreementCounter(wiring.Component):
    """Counter of words that agree with bits. Combinational.

    The counts of all lanes are formed at once. The full adders of weight 1 form a chain along the parity,
    p ← p ^ w ^ w' ^ (x ^ x'), which saves two XNORs in each of them: x ^ x' is the same in all lanes. The carry is p
    where the parity changes, and one of the two agreements, which are then equal, where it does not. A carry-save tree
    adds the carries.

    A target may provide its own cells instead: :class:`ColumnCells`.

    Parameters
    ----------
    words : :class:`int`
        Number of words, and so the largest count.
    lanes : :class:`int`
        Bits of a word.

    Members
    -------
    bits : :py:`In(words)`
        The bit of each word.
    words : :py:`In(lanes).array(words)`
        Words; a lane agrees where it equals the bit.
    count : :py:`Out(lanes).array(words.bit_length())`
        Planes of the counts: bit ``c`` of plane ``i`` is bit ``i`` of the count of lane ``c``.
    """

    def __init__(self, words: int, lanes: int):
        for name, value in (("words", words), ("lanes", lanes)):
            if type(value) is not int or value < 1:
                raise ValueError(f"AgreementCounter {name} must be a positive integer, not {value!r}")
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
        lanes = self._lanes
        if isinstance(platform, ColumnCells):
            m.submodules.cells = Instance(
                "agreement_counter",
                p_WORDS=len(self.words),
                p_LANES=lanes,
                i_bits=self.bits,
                i_words=Cat(self.words),
                o_count=Cat(self.count),
            )
            return m

        agreements = [Mux(bit, word, ~word) for bit, word in zip(self.bits, self.words, strict=True)]

        # An even number starts with a half adder.
        first = 2 - len(agreements) % 2
        carries = []
        parity = Signal(lanes, name="parity_0")
        m.d.comb += parity.eq(agreements[0])
        if first > 1:
            m.d.comb += parity.eq(agreements[0] ^ agreements[1])
            carries.append(agreements[0] & agreements[1])
        for index in range(first, len(agreements), 2):
            changed = Signal(lanes, name=f"changed_{index}")
            following = Signal(lanes, name=f"parity_{index}")
            carry = Signal(lanes, name=f"carry_{index}")
            differ = Signal(name=f"differ_{index}")
            # The words or their complement: an XOR with one bit for all lanes stays one wide operation.
            unequal = self.words[index] ^ self.words[index + 1]
            m.d.comb += [
                differ.eq(self.bits[index] ^ self.bits[index + 1]),
                changed.eq(Mux(differ, ~unequal, unequal)),
                following.eq(parity ^ changed),
                carry.eq((changed & parity) | (~changed & agreements[index])),
            ]
            carries.append(carry)
            parity = following

        columns = [[parity], carries, *([] for _ in self.count[2:])][: len(self.count)]
        for plane, total in zip(self.count, carry_save_sum(m, columns, lanes), strict=True):
            m.d.comb += plane.eq(total)
        return m
