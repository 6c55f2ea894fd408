"""Conversion between lanes and planes.

Bit ``c`` of plane ``i`` is bit ``i`` of the number in lane ``c``.
"""

from collections.abc import Iterable, Sequence

__all__ = ["from_bits", "to_bits", "to_lanes", "to_planes"]


def to_bits(word: int, width: int) -> list[int]:
    """Return the bits of ``word``, lowest first."""
    return [word >> bit & 1 for bit in range(width)]


def from_bits(bits: Iterable[int]) -> int:
    """Return the integer with ``bits``, lowest first."""
    return sum(int(bit) << index for index, bit in enumerate(bits))


def to_lanes(planes: Sequence[int], lanes: int) -> list[int]:
    """Return the number in each of ``lanes`` lanes of bit-sliced ``planes``, the lowest plane first."""
    return [from_bits(plane >> lane & 1 for plane in planes) for lane in range(lanes)]


def to_planes(numbers: Sequence[int], width: int) -> list[int]:
    """Return ``width`` planes of ``numbers``, one a lane."""
    return [from_bits(number >> bit & 1 for number in numbers) for bit in range(width)]
