"""A multiplexer of words, as a tree."""

import itertools
from collections.abc import Sequence

from amaranth import Mux, Value

__all__ = ["mux_tree"]


def mux_tree(words: Sequence[Value], index: Value) -> Value:
    """Return ``words[index]``; an ``index`` past the last word is not allowed.

    A tree of two-way multiplexers decodes each bit of ``index`` once; a switch would decode it for every bit of a word.
    """
    level = list(words)
    for bit in index:
        pairs = itertools.zip_longest(level[::2], level[1::2], fillvalue=level[-1])
        level = [Mux(bit, odd, even) for even, odd in pairs]
    return level[0]
