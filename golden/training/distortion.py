"""Augmentation of training images by affine distortions."""

import math

import torch
from torch import nn

__all__ = ["distort"]


def distort(
    pixels: torch.Tensor,
    amount: float,
    generator: torch.Generator,
    *,
    image: tuple[int, int, int] | None = None,
) -> torch.Tensor:
    """Return a copy of ``pixels`` in which each image is distorted by its own affine map.

    Each of the six coefficients of the map, in units of half an image, differs from the identity's by a uniform
    draw from ±``amount``: some rotation, scaling, shear and shift at once. Values between pixels are
    interpolated bilinearly and rounded half up; pixels from outside are 0.

    Parameters
    ----------
    pixels
        Integers of at least 0, shape (images, height · width · channels).
    amount
        Largest change; 0 changes nothing and draws nothing.
    generator
        Source of the draws.
    image
        Height, width and channels; without it, a square of one channel.
    """
    if amount == 0:
        return pixels
    if image is None:
        side = math.isqrt(pixels.shape[1])
        image = (side, side, 1)
    count, (height, width, channels) = len(pixels), image
    identity = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    maps = identity + (torch.rand(count, *identity.shape, generator=generator) * 2 - 1) * amount
    images = pixels.reshape(count, height, width, channels).permute(0, 3, 1, 2).float()
    grid = nn.functional.affine_grid(maps, [count, channels, height, width], align_corners=False)
    moved = nn.functional.grid_sample(images, grid, align_corners=False)
    return (moved + 1 / 2).floor().to(pixels.dtype).permute(0, 2, 3, 1).flatten(start_dim=1)
