"""Checks on arguments."""

import numpy as np
import numpy.typing as npt

from hdl.config import CoreConfig, InputError

__all__ = ["check_integer", "check_pixels"]


def check_integer(name: str, value: int, lowest: int, highest: int) -> int:
    """Return ``value``, an integer from ``lowest`` to ``highest``; anything else is an :class:`InputError`."""
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or not lowest <= value <= highest:
        raise InputError(f"{name} must be an integer between {lowest} and {highest}, not {value!r}")
    return int(value)


def check_pixels(pixels: npt.ArrayLike, config: CoreConfig) -> npt.NDArray[np.integer]:
    """Return ``pixels`` as an array of shape (n, inputs); a wrong shape, type or value is an :class:`InputError`."""
    inputs, highest = config.network.inputs, config.layers[0].plane_gain
    try:
        array = np.asarray(pixels)
    except ValueError:
        raise InputError(f"pixels must have shape (n, {inputs}), not rows of several lengths") from None
    if array.ndim != 2 or array.shape[1] != inputs:
        raise InputError(f"pixels must have shape (n, {inputs}), not {array.shape}")
    if not np.issubdtype(array.dtype, np.integer):
        raise InputError(f"pixels must be integers, not {array.dtype}")
    wrong = array[(array < 0) | (array > highest)]
    if wrong.size:
        raise InputError(f"pixels must be between 0 and {highest}, not {int(wrong[0])}")
    return array
