"""Out-of-distribution (OOD) sets in a network's format."""

import math
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from hdl.config import CoreConfig, InputError

from .data import raw_images

__all__ = ["check_name", "default_names", "foreign_names", "image_shape", "make_ood"]

#: Data sets whose images are converted to the shape of another one's.
_FOREIGN = ("digits", "fashion", "cifar10")

#: Format of `rotated-<degrees>`.
_ROTATED = re.compile(r"rotated-(\d{1,3})")
_DEFAULT_DEGREES = (90, 45)
_TURN = 360
_QUARTER = 90


def image_shape(config: CoreConfig) -> tuple[int, int, int]:
    """Return height, width and channels of the images of ``config``."""
    if config.network.image is not None:
        return config.network.image
    channels = 3 if config.data.set == "cifar10" else 1
    side = math.isqrt(config.network.inputs // channels)
    return side, side, channels


def default_names(config: CoreConfig) -> tuple[str, ...]:
    """Return the default sets: rotated ones, shuffled, noise, and other data sets."""
    height, width, _ = image_shape(config)
    rotated = tuple(f"rotated-{degrees}" for degrees in _DEFAULT_DEGREES) if height == width else ()
    return (*rotated, "shuffled", "noise", *foreign_names(config))


def foreign_names(config: CoreConfig) -> tuple[str, ...]:
    """Return the sets that are other data sets, whose files may be absent."""
    return tuple(name for name in _FOREIGN if name != config.data.set)


def check_name(name: str, config: CoreConfig) -> None:
    """Check the name of a set.

    Raises
    ------
    InputError
        There is no such set, or the images of ``config`` are not square where they must be.
    """
    rotated, (height, width, _) = _ROTATED.fullmatch(name), image_shape(config)
    if rotated and 0 < int(rotated[1]) < _TURN:
        if height != width:
            raise InputError(f"ood must not be {name} where images are not square, but {height} × {width}")
    elif name not in ("shuffled", "noise", *foreign_names(config)):
        others = ", ".join(foreign_names(config))
        raise InputError(f"ood must be rotated-<1 to {_TURN - 1}>, shuffled, noise, {others}, not {name!r}")


def make_ood(
    name: str,
    config: CoreConfig,
    test_pixels: Tensor,
    *,
    seed: int,
    directory: str | Path | None = None,
    most: int | None = None,
) -> Tensor:
    """Return images of the set ``name``, for all of which no class of ``config`` is right.

    * ``rotated-D``: the test images turned D degrees anticlockwise about their centre: exactly where D is a multiple
      of 90, else bilinearly, rounded half up, with 0 from outside. (Where a turned class looks like another or
      like itself, such as a 0, the image is in distribution; such sets are harder than they look.)
    * ``shuffled``: the test images, each with its positions in its own random order, channels together: an image
      keeps its histogram and loses its shape.
    * ``noise``: as many images as the test set has, each pixel uniform in 0 … 2^B − 1.
    * ``digits``, ``fashion``, ``cifar10``: the test images of another data set (for digits, all) at the size of this
      one: a larger image is averaged over areas, a smaller one interpolated bilinearly; colours averaged to gray,
      gray repeated in each colour; as a fraction of white quantized to B bits, rounded half up.

    Parameters
    ----------
    name
        As above.
    config
        Shape and bits B of the images.
    test_pixels
        The test images, shape (n, inputs).
    seed
        Seed of the random draws; each set starts from it.
    directory
        Directory of the files of another data set, as in :func:`golden.data.load`.
    most
        Number of images of another data set, the first ones; by default all.

    Returns
    -------
    uint8 tensor, shape (m, inputs), 0 to 2^B − 1

    Raises
    ------
    InputError
        There is no such set, the images are not square where they must be, or the files are absent.
    """
    check_name(name, config)
    generator = torch.Generator().manual_seed(seed)
    height, width, channels = image_shape(config)
    images = test_pixels.reshape(-1, height, width, channels)
    rotated = _ROTATED.fullmatch(name)
    if rotated:
        made = _rotate(images, int(rotated[1]))
    elif name == "shuffled":
        order = torch.rand(len(images), height * width, generator=generator).argsort(dim=1)
        made = images.flatten(1, 2).gather(1, order.unsqueeze(2).expand(-1, -1, channels))
    elif name == "noise":
        made = torch.randint(config.layers[0].plane_gain + 1, images.shape, generator=generator)
    else:
        raw, white = raw_images(name, directory)
        made = _fit(raw[:most], white, (height, width, channels), config.layers[0].plane_gain)
    return made.to(torch.uint8).flatten(start_dim=1)


def _rotate(images: Tensor, degrees: int) -> Tensor:
    """Rotate images of shape (n, H, W, C) anticlockwise."""
    count, height, width, channels = images.shape
    if degrees % _QUARTER == 0:
        return images.rot90(degrees // _QUARTER, dims=(1, 2))
    angle = math.radians(degrees)
    # The map goes from a position in the new image to one in the old, x to the right and y down.
    turn = torch.tensor([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0]])
    grid = nn.functional.affine_grid(turn.expand(count, 2, 3), [count, channels, height, width], align_corners=False)
    turned = nn.functional.grid_sample(images.permute(0, 3, 1, 2).float(), grid, align_corners=False)
    return (turned + 1 / 2).floor().permute(0, 2, 3, 1)


def _fit(raw: npt.NDArray[np.uint8], white: int, shape: tuple[int, int, int], steps: int) -> Tensor:
    """Convert raw images (n, h, w, c) to ``shape`` and to integers 0 to ``steps``."""
    height, width, channels = shape
    images = torch.from_numpy(raw / white).permute(0, 3, 1, 2)
    images = images.mean(dim=1, keepdim=True) if channels == 1 else images.expand(-1, channels, -1, -1)
    if images.shape[2] >= height and images.shape[3] >= width:
        images = nn.functional.interpolate(images, (height, width), mode="area")
    else:
        images = nn.functional.interpolate(images, (height, width), mode="bilinear", align_corners=False)
    return (images * steps + 1 / 2).floor().clamp(0, steps).permute(0, 2, 3, 1)
