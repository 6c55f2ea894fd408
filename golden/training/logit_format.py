"""Logit correction in fixed point (docs/numerics.md#logits)."""

import numpy as np
import numpy.typing as npt

from hdl.config import LogitConfig
from hdl.contract import Integers

__all__ = ["Reals", "to_correction"]

Reals = npt.NDArray[np.float64]


def to_correction(
    gains: Reals, offsets: Reals, logits: LogitConfig
) -> tuple[Integers, Integers, Integers, npt.NDArray[np.bool_]]:
    """Return the integers of y = g z + o in units of 2^−fraction, and where they fit, each of shape (classes,).

    Gain and offset are g and o times 2^(fraction + shift), rounded half up, with the largest shift of each class at
    both fit. Where they do not fit even at shift 0, they saturate.

    Parameters
    ----------
    gains, offsets
        g and o of real logits, shape (classes,).
    logits
        Formats.
    """
    shifts = np.arange(logits.max_shift + 1)
    steps = 2.0 ** (logits.fraction + shifts)
    fixed_gains, gains_fit = _fixed(gains[:, None] * steps, logits.gain_width)
    fixed_offsets, offsets_fit = _fixed(offsets[:, None] * steps, logits.offset_width)
    fit = gains_fit & offsets_fit
    # Zero where nothing fits, since the saturated values are then the nearest.
    chosen = np.where(fit, shifts, 0).max(axis=1)
    classes = np.arange(len(chosen))
    return fixed_gains[classes, chosen], fixed_offsets[classes, chosen], chosen, fit.sum(axis=1) > 0


def _fixed(values: Reals, width: int) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return ``values`` rounded half up and saturated to ``width`` signed bits, and where they fit."""
    rounded = np.floor(values + 1 / 2)
    clipped = np.clip(rounded, -(2 ** (width - 1)), 2 ** (width - 1) - 1)
    return clipped.astype(np.int64), clipped == rounded
