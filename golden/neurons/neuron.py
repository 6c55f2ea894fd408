"""Hidden neurons: a comparison of integers (docs/numerics.md#thresholds)."""

from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError

from ..common.checks import check_integers

__all__ = ["fire"]


def fire(counts: Any, thresholds: Any, flips: Any, mask: Any = None) -> Tensor:
    """Return the activations a = (P ≥ θ_m) XOR flip.

    Parameters
    ----------
    counts
        Weighted agreement counts P, shape (batch, outputs).
    thresholds
        θ per neuron and choice, shape (outputs, choices); of two, entry 0 is for a dropped and entry 1 for a
        kept scale.
    flips
        0 or 1, shape (outputs,).
    mask
        Mask bit m of each element of the batch, 0 or 1, shape (batch,), where there are two choices; None where
        there is one.

    Returns
    -------
    uint8 tensor of 0 and 1, shape (batch, outputs)

    Raises
    ------
    InputError
        A shape or a value is wrong, or the mask is missing or superfluous.
    """
    counts = check_integers("counts", counts, (None, None))
    batch, outputs = counts.shape
    thresholds = check_integers("thresholds", thresholds, (outputs, None), device=counts.device)
    flips = check_integers("flips", flips, (outputs,), 0, 1, counts.device)
    choices = thresholds.shape[1]
    if choices not in (1, 2):
        raise InputError(f"thresholds must have 1 or 2 choices, not {choices}")
    if (mask is not None) != (choices == 2):
        raise InputError(f"mask must be {'given' if choices == 2 else 'None'} for {choices} choices, not {mask!r}")
    if mask is None:
        chosen = thresholds[:, 0]
    else:
        mask = check_integers("mask", mask, (batch,), 0, 1, counts.device)
        chosen = thresholds.T[mask.to(torch.int64)]
    return (counts >= chosen).to(torch.uint8) ^ flips.to(torch.uint8)
