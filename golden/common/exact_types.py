"""Floating types in which integers are exact."""

import torch

__all__ = ["exact_dtype"]

#: Whole numbers up to here are float32s.
_FLOAT32 = 1 << 24


def exact_dtype(bound: int) -> torch.dtype:
    """Return the floating type in which sums of integers are exact while no partial sum exceeds ``bound``."""
    # Such sums are exact in any order, so that the fast matrix products give the integer; the factors, at most 8 bits,
    # survive TF32 and bfloat16 as well.
    return torch.float32 if bound <= _FLOAT32 else torch.float64
