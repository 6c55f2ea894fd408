"""Windows of convolutions, and pooling (docs/numerics.md#convolutions)."""

import torch
from torch import Tensor

from hdl.config import Window

__all__ = ["largest", "windows"]


def windows(window: Window, maps: Tensor) -> Tensor:
    """Return all windows of ``maps`` in the order of the contract.

    Parameters
    ----------
    window
        Geometry of the window.
    maps
        Pixels or bits, shape (n, H, W, C), of any type.

    Returns
    -------
    A view of the type of ``maps``, shape (n, H', W', K, K C): input iK C + jC + c of the vector of window (y, x) is
    [y, x, i, jC + c]. The border is 0.
    """
    border = window.padding
    padded = torch.nn.functional.pad(maps, (0, 0, border, border, border, border)).contiguous()
    image, row, position, value = padded.stride()
    # The columns of a row of a window, with all their channels, are adjacent in memory.
    shape = (len(maps), window.height, window.width, window.kernel, window.kernel * window.source.channels)
    return padded.as_strided(shape, (image, row * window.stride, position * window.stride, row, value))


def largest(maps: Tensor, side: int) -> Tensor:
    """Return the largest value of each square of ``side`` × ``side`` positions and channel; the OR of bits.

    ``maps`` has the shape (n, H, W, C), and the result (n, H / side, W / side, C).
    """
    for dimension in (1, 2) if side > 1 else ():
        parts = maps.unflatten(dimension, (-1, side)).unbind(dimension + 1)
        maps = parts[0]
        for part in parts[1:]:
            maps = torch.maximum(maps, part)
    return maps
