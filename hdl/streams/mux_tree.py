"""Multiplexer tree."""

import itertools
from collections.abc import Sequence

from amaranth import Mux, Value

__all__ = ["select"]


def select(words: Sequence[Value], index: Value) -> Value:
    """Return ``words[index]``; ``index`` must be below the number of words.

    A tree of two-way multiplexers: a switch would decode the index for every bit of a word.
    """
    level = list(words)
    for bit in index:
        pairs = itertools.zip_longest(level[::2], level[1::2], fillvalue=level[-1])
        level = [Mux(bit, odd, even) for even, odd in pairs]
    return level[0]
