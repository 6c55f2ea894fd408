"""Definition of counting."""

from collections.abc import Sequence

from amaranth import Module, Mux, Signal, Value

__all__ = ["agreement", "count_ones"]


def count_ones(m: Module, bits: Sequence[Value]) -> Signal:
    """Return the number of ones among ``bits``, by repeated addition."""
    count = Signal(range(len(bits) + 1), name="count_0")
    m.d.comb += count.eq(bits[0])
    for index, bit in enumerate(bits[1:], start=1):
        following = Signal(range(len(bits) + 1), name=f"count_{index}")
        m.d.comb += following.eq(count + bit)
        count = following
    return count


def agreement(word: Value, bit: Value) -> Value:
    """Return whether a weight equals an input bit."""
    return Mux(word == bit, 1, 0)
