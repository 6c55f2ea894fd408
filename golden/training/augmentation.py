"""Augmentation of training images by shifts and mirroring."""

import torch

__all__ = ["shift"]


def shift(
    pixels: torch.Tensor, image: tuple[int, int, int], *, most: int, mirror: bool, generator: torch.Generator
) -> torch.Tensor:
    """Return a copy of ``pixels`` in which each image is shifted, and with probability ½ mirrored left to right.

    The shifts of an image down and to the right are uniform in −``most`` … ``most``; pixels from outside are
    0, the darkest value, as is the border of a convolution.

    Parameters
    ----------
    pixels
        Integers of at least 0, shape (images, height · width · channels).
    image
        Height, width and channels.
    most
        Largest shift; 0 shifts nothing and draws nothing.
    mirror
        Whether to mirror; without it no mirroring is drawn.
    generator
        Source of the draws.
    """
    if not most and not mirror:
        return pixels
    count, (height, width, channels) = len(pixels), image
    rows, cols = (torch.arange(size).expand(count, size) for size in (height, width))
    if mirror:
        mirrored = torch.rand(count, 1, generator=generator) < 1 / 2
        cols = torch.where(mirrored, cols.flip(1), cols)
    if most:
        moves = torch.randint(-most, most + 1, (2, count, 1), generator=generator)
        rows, cols = rows + moves[0], cols + moves[1]
    inside = ((rows >= 0) & (rows < height)).unsqueeze(2) & ((cols >= 0) & (cols < width)).unsqueeze(1)
    index = rows.clamp(0, height - 1).unsqueeze(2) * width + cols.clamp(0, width - 1).unsqueeze(1)
    index += torch.arange(count)[:, None, None] * (height * width)
    moved = pixels.reshape(-1, channels).index_select(0, index.flatten())
    return (moved * inside.reshape(-1, 1)).to(pixels.dtype).reshape(count, -1)
