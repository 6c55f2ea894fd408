"""Search of references by own counts (docs/numerics.md#appendix-macros)."""

from collections.abc import Callable

import torch
from torch import Tensor

__all__ = ["search_reference"]


def search_reference(count: Callable[[Tensor], Tensor], targets: Tensor, bits: int) -> Tensor:
    """Return the largest codes of references with which known inputs still give as many +1 as they should, or more.

    By successive approximation: each bit of a code, the highest first, is set, and stays if the count is at least the
    target. A larger reference gives fewer.

    Parameters
    ----------
    count
        Returns the ones that are counted with references of these codes; both in the shape of ``targets``.
    targets
        Target counts, in any shape: of the columns of an array, or of all columns of many chips.
    bits
        Bits of a code.

    Returns
    -------
    int64 tensor in the shape of ``targets``
    """
    codes = torch.zeros_like(targets, dtype=torch.int64)
    for bit in reversed(range(bits)):
        tried = codes | 1 << bit
        codes = torch.where(count(tried) >= targets, tried, codes)
    return codes
