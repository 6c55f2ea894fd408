"""Search of references by the controller of a macro (docs/numerics.md#appendix-macros)."""

from collections.abc import Callable

import torch
from torch import Tensor

from hdl.config import MacroConfig

__all__ = ["search_reference"]


def search_reference(count: Callable[[int, Tensor], Tensor], cols: int, lines: int, macro: MacroConfig) -> Tensor:
    """Return the largest codes with which the reference cells still give +1 in half of their reads or more.

    By successive approximation: for each bit, the highest first, it is set, each group of reference cells is read
    ``reference_reads`` times, all groups once and then again, and it stays if the ones are at least half.

    Parameters
    ----------
    count
        ``count(group, codes)`` reads a group of reference cells with these references, int64 of shape (1,) or (cols,),
        and returns the ones in each column, int64 of shape (cols,).
    cols
        Columns of the array.
    lines
        Word lines of a group that are counted.
    macro
        Bits of a code, reads, and whether all columns share one.

    Returns
    -------
    int64 tensor, shape (1,) or (cols,)
    """
    shared = macro.reference == "global"
    codes = torch.zeros(1 if shared else cols, dtype=torch.int64)
    reads = macro.reference_reads * macro.reference_groups
    for bit in reversed(range(macro.reference_bits)):
        tried = codes | 1 << bit
        ones = torch.zeros(cols, dtype=torch.int64)
        for read in range(reads):
            ones += count(read % macro.reference_groups, tried)
        found = ones.sum(dim=0, keepdim=True) if shared else ones
        codes = torch.where(2 * found >= lines * reads * (cols if shared else 1), tried, codes)
    return codes
