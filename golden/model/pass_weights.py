"""Weights of the passes of an input (docs/numerics.md 10)."""

from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError

from ..common import check_integers

__all__ = ["pass_weights"]

#: Bits of the halves of a weight, whose sums over the passes 64 bits hold.
_HALF = 32


def pass_weights(
    weights: Any, shape: tuple[int, int], device: torch.device, *, total_max: int
) -> tuple[Tensor, Tensor]:
    """Return the weights of the passes, and their sum for each input.

    Parameters
    ----------
    weights
        Integers of at least 0; None where each pass counts 1.
    shape
        Inputs and passes.
    device
        Where the tensors are wanted.
    total_max
        Largest sum of the weights of an input, less than 2^63.

    Returns
    -------
    int64 tensors of shape (inputs, passes) and (inputs,)

    Raises
    ------
    InputError
        The shape is wrong, or a weight or a sum of weights is out of range.
    """
    if weights is None:
        weights = torch.ones(shape, dtype=torch.int64)
    weights = check_integers("weights", weights, shape, 0, total_max, device).to(torch.int64)
    # Sums of weights may wrap around in 64 bits; sums of their halves cannot.
    lower = (weights & 2**_HALF - 1).sum(dim=1)
    upper = (weights >> _HALF).sum(dim=1) + (lower >> _HALF)
    fits = (upper < total_max >> _HALF) | (
        (upper == total_max >> _HALF) & (lower & 2**_HALF - 1 <= total_max & 2**_HALF - 1)
    )
    if not fits.all():
        raise InputError(f"the sum of the weights of an input must be at most {total_max}, not more")
    return weights, weights.sum(dim=1)
