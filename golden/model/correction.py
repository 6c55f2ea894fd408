"""Logit correction in fixed point (docs/numerics.md#logits)."""

from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError, LogitConfig

from ..common import check_integers

__all__ = ["correct"]

_WORD = 63


def correct(z: Any, gains: Any, offsets: Any, shifts: Any, logits: LogitConfig) -> Tensor:
    """Return the logits y = saturate((gain · z + offset + half) >> shift) of each class.

    The shift is arithmetic and half is 2^(shift − 1), or 0 where shift is 0, so the rounding is half up.

    Parameters
    ----------
    z
        Pre-activations of the last layer, shape (..., classes).
    gains, offsets, shifts
        Integers per class, shape (classes,), in the ranges of ``logits``.
    logits
        Formats. The result as a real number is y / 2^fraction.

    Returns
    -------
    int64 tensor, shape (..., classes), each logits.lowest to logits.highest

    Raises
    ------
    InputError
        A shape or a value is wrong.
    """
    z = torch.as_tensor(z)
    if not z.ndim:
        raise InputError("z must have an axis of classes, not none")
    # No core has a z this large; beyond it gain · z + offset + half would leave 64 bits.
    z = check_integers("z", z, (None,) * z.ndim, *_signed(_WORD - logits.gain_width)).to(torch.int64)
    classes, device = z.shape[-1:], z.device
    gains = check_integers("gains", gains, classes, *_signed(logits.gain_width), device).to(torch.int64)
    offsets = check_integers("offsets", offsets, classes, *_signed(logits.offset_width), device).to(torch.int64)
    shifts = check_integers("shifts", shifts, classes, 0, logits.max_shift, device).to(torch.int64)
    half = (1 << shifts) >> 1
    return (gains * z + offsets + half >> shifts).clamp(logits.lowest, logits.highest)


def _signed(width: int) -> tuple[int, int]:
    """Return the smallest and the largest value of a signed field."""
    return -(2 ** (width - 1)), 2 ** (width - 1) - 1
