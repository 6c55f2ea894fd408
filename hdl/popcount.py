"""Counting ones, in all columns at once."""

from amaranth import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .carry_save import carry_save_sum

__all__ = ["Popcount"]


class Popcount(wiring.Component):
    """Combinational count of the ones in each lane of several words.

    Parameters
    ----------
    words : :class:`int`
        Number of words, and so the largest count.
    lanes : :class:`int`
        Bits of a word.

    Members
    -------
    i : :py:`In(lanes).array(words)`
        Words to count in.
    o : :py:`Out(lanes).array(words.bit_length())`
        Planes of the counts: bit ``c`` of plane ``i`` is bit ``i`` of the count of lane ``c``.
    """

    def __init__(self, words: int, lanes: int):
        for name, value in (("words", words), ("lanes", lanes)):
            if type(value) is not int or value < 1:
                raise ValueError(f"Popcount {name} must be a positive integer, not {value!r}")
        self._words = words
        self._lanes = lanes
        super().__init__(
            {
                "i": In(lanes).array(words),
                "o": Out(lanes).array(words.bit_length()),
            }
        )

    @property
    def words(self) -> int:
        """Number of words."""
        return self._words

    @property
    def lanes(self) -> int:
        """Bits of a word."""
        return self._lanes

    def elaborate(self, platform: object) -> Module:
        m = Module()
        columns = [list(self.i), *([] for _ in self.o[1:])]
        for plane, total in zip(self.o, carry_save_sum(m, columns, self._lanes), strict=True):
            m.d.comb += plane.eq(total)
        return m
