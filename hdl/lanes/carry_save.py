"""Carry-save addition of bit-sliced words.

Bit ``c`` of every word belongs to lane ``c``.
"""

from collections import deque
from collections.abc import Sequence

from amaranth import Const, Module, Signal, Value

__all__ = ["carry_save_sum"]


def carry_save_sum(m: Module, columns: Sequence[Sequence[Value]], lanes: int) -> list[Value]:
    """Add words in every lane at once and return the planes of the sum, lowest first.

    A tree of full adders as wide as the lanes: the hardware description grows with the number of
    words and not with the number of lanes. Operands are combined first in, first out, so the depth of the tree
    is minimal, and a column of two ripples like an ordinary adder.

    Parameters
    ----------
    m
        Module that receives the adders.
    columns
        ``columns[i]`` holds the words of weight 2^i. There are as many columns as the sum has bits:
        a carry out of the last is dropped, so the caller must ensure that the sum fits.
    lanes
        Bits of every word.
    """
    planes: list[Value] = []
    carries: list[Value] = []
    for weight, column in enumerate(columns):
        queue = deque([*column, *carries])
        carries = []
        while len(queue) > 1:
            a, b = queue.popleft(), queue.popleft()
            half = Signal(lanes, name=f"half_{weight}")
            carry = Signal(lanes, name=f"carry_{weight}")
            m.d.comb += half.eq(a ^ b)
            if queue:
                c = queue.popleft()
                total = Signal(lanes, name=f"sum_{weight}")
                m.d.comb += total.eq(half ^ c)
                m.d.comb += carry.eq((a & b) | (half & c))
                queue.append(total)
            else:
                m.d.comb += carry.eq(a & b)
                queue.append(half)
            carries.append(carry)
        planes.append(queue.popleft() if queue else Const(0, lanes))
    return planes
