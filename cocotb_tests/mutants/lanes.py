"""Deliberate bugs in ``hdl/lanes``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="lanes")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "columns",
        "XOR for XNOR",
        "popcount.words[line].eq(word)",
        "popcount.words[line].eq(~word)",
    ),
    _bug(
        "columns",
        "padding is counted",
        "Mux(group == last, 0, Mux(bit, word, ~word))",
        "Mux(bit, word, ~word)",
    ),
    _bug(
        "popcount",
        "the word of an adder is not counted",
        "adder.w.eq(self.words[size - 1])",
        "adder.w.eq(~self.bits[-1].replicate(lanes))",
    ),
)
