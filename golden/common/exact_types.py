"""Floating types whose arithmetic on integers is exact."""

import torch

__all__ = ["exact_dtype"]


def exact_dtype(bound: int) -> torch.dtype:
    """Return the floating type in which sums of integers are exact while no partial sum exceeds ``bound``."""
    # Whole numbers up to 2^24 are float32s. Their sums are then exact in any order, so that the fast
    # matrix products give the integer; the factors, at most 8 bits, survive TF32 and bfloat16 as well.
    return torch.float32 if bound <= 1 << 24 else torch.float64
