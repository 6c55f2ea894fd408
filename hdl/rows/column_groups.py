"""Rows in a memory of column groups."""

from collections.abc import Sequence

from amaranth import Cat, Value

from ..streams import index_width

__all__ = ["column_groups", "grouped_address", "grouped_places"]


def grouped_places(groups: int, folds: int) -> int:
    """Return the depth of a memory for ``groups`` of rows, each in ``folds`` words of a group of columns."""
    return groups if folds == 1 else folds << _address_bits(groups)


def grouped_address(group: Value, column: Value | None, groups: int) -> Value:
    """Return the address of the word of column group ``column``, if there are several, of one of ``groups``."""
    if column is None:
        return group
    return Cat(group[: _address_bits(groups)], column)


def column_groups(rows: Sequence[Sequence[int]], folds: int, cols: int) -> Sequence[Sequence[int]]:
    """Return ``rows`` of ``cols`` bits, ``[group][line]``, as words by address, ``[place][line]``."""
    if folds == 1 or not rows:
        return rows
    width = cols // folds
    padding = [[0] * len(rows[0])] * ((1 << _address_bits(len(rows))) - len(rows))
    return [
        [row >> column * width & (1 << width) - 1 for row in lines]
        for column in range(folds)
        for lines in (*rows, *padding)
    ]


def _address_bits(groups: int) -> int:
    """Return the bits of a group in an address: none where there is but one."""
    return 0 if groups == 1 else index_width(groups)
