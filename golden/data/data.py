"""Data sets as tensors of quantized pixels."""

import dataclasses
import hashlib
import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from hdl.config import CoreConfig, InputError

from .cifar10 import SOURCES as CIFAR10_SOURCES
from .cifar10 import read_cifar10
from .idx import read_idx

__all__ = ["DATA_VARIABLE", "Dataset", "comes_with_package", "load", "raw_images"]

#: Environment variable that names the directory of the files of `fashion` and `cifar10`.
DATA_VARIABLE = "BAYESCIM_DATA"

_DEBIAN_FASHION = Path("/usr/share/datasets/fashion-mnist")
_FASHION_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
_FASHION_WHITE = 255

_CIFAR10_WHITE = 255

_DIGITS_WHITE = 16
_DIGITS_TEST_IMAGES = 360
# Part of the data set's definition: it never changes, whatever the seed of a training.
_DIGITS_SPLIT_SEED = 0

_CLASSES = 10

#: Training images that the statistics of a batch need.
_LEAST_TRAINING = 2

#: Images quantized at a time, which bounds the memory for their wider integers.
_QUANTIZED = 1000

Bytes = npt.NDArray[np.uint8]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """Training and test images in pixel format.

    The test images are for the evaluation of a finished network. Training does not use them.
    """

    train_pixels: torch.Tensor
    """uint8, shape (images, inputs), 0 to 2^B − 1, row by row from the top left, channels together."""

    train_labels: torch.Tensor
    """int64, shape (images,), 0 to classes − 1."""

    test_pixels: torch.Tensor
    """uint8, shape (images, inputs), as `train_pixels`."""

    test_labels: torch.Tensor
    """int64, shape (images,), 0 to classes − 1."""

    digest: str | None = None
    """SHA-256, in hexadecimal, of shapes and values of raw images and labels, training first: the same for plain and
    packed files, and for all forms of lossless images. None where they are of no data set."""


def load(config: CoreConfig, directory: str | Path | None = None) -> Dataset:
    """Load the data set of ``config``, averaged over `data.pool` and quantized to `network.input_bits`.

    With S the sum of the D = pool² raw pixels of a square and a channel, and W the raw value of white (16 in `digits`,
    255 in the others), the pixel is u = ⌊(2 S (2^B − 1) + D W) / (2 D W)⌋: the mean as a fraction of
    white, in steps of 1 / (2^B − 1), rounded half up, in integers throughout.

    `digits` comes with scikit-learn: 1,797 images of 8 × 8, of which a fixed stratified split keeps 360
    for testing. `fashion` (Fashion-MNIST, 60,000 and 10,000 images of 28 × 28) is read from idx files,
    plain or gzipped. `cifar10` (CIFAR-10, 50,000 and 10,000 images of 32 × 32 × 3) is read from its binary files, or
    from a folder of images: see :func:`read_cifar10`.

    Parameters
    ----------
    config
        Names the data set in `data`, and must fit it in `network`.
    directory
        Directory of the files of `fashion` or `cifar10`; without it, the directory named by the environment variable
        ``BAYESCIM_DATA``, or else, for `fashion`, the directory of Debian's package dataset-fashion-mnist.

    Raises
    ------
    InputError
        The directory or a file is missing, damaged or not needed, there are too few images, or the data set does not
        have the pixels, the shape or the classes of ``config``.
    """
    if directory is not None and not Path(directory).is_dir():
        raise InputError(f"data directory must be a directory, not {str(directory)!r}")
    if directory is not None and comes_with_package(config):
        raise InputError(
            f"data directory must be omitted for data.set {config.data.set!r}, which is not read from files, "
            f"not {str(directory)!r}"
        )
    if config.data.set == "digits":
        white, raw = _DIGITS_WHITE, _digits()
    elif config.data.set == "fashion":
        white, raw = _FASHION_WHITE, _fashion(directory)
    else:
        white, raw = _CIFAR10_WHITE, _cifar10(directory)
    train_images, train_labels, test_images, test_labels = raw
    for part, images, least in (("training", train_images, _LEAST_TRAINING), ("test", test_images, 1)):
        if len(images) < least:
            raise InputError(f"data directory must have at least {least} {part} images, not {len(images)}")
    return Dataset(
        train_pixels=_pixels(train_images, white, config),
        train_labels=_labels(train_labels, config),
        test_pixels=_pixels(test_images, white, config),
        test_labels=_labels(test_labels, config),
        digest=_digest(raw),
    )


def _digest(arrays: Sequence[Bytes]) -> str:
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.shape}".encode())
        found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


def comes_with_package(config: CoreConfig) -> bool:
    """Return whether the data set of ``config`` is read from no files of the user."""
    return config.data.set == "digits"


def raw_images(name: str, directory: str | Path | None = None) -> tuple[Bytes, int]:
    """Return the raw test images of a data set, shape (images, height, width, channels), and the value of white.

    For `digits`, which is small, all images. The directory and the errors are those of :func:`load`.
    """
    if name == "digits":
        train, _, test, _ = _digits()
        return np.concatenate([test, train])[..., None], _DIGITS_WHITE
    if name == "fashion":
        place = _fashion_directory(directory)
        images = read_idx(_fashion_file(place, _FASHION_FILES[2]), dimensions=3)[..., None]
        if not images.size:
            raise InputError(f"{place / _FASHION_FILES[2]}: must hold images, not none")
        return images, _FASHION_WHITE
    return read_cifar10(_cifar10_directory(directory), "test")[0], _CIFAR10_WHITE


def _digits() -> tuple[Bytes, Bytes, Bytes, Bytes]:
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    train, test = train_test_split(
        np.arange(len(digits.target)),
        test_size=_DIGITS_TEST_IMAGES,
        stratify=digits.target,
        random_state=_DIGITS_SPLIT_SEED,
    )
    images, labels = digits.images.astype(np.uint8), digits.target.astype(np.uint8)
    return images[train], labels[train], images[test], labels[test]


def _fashion(directory: str | Path | None) -> tuple[Bytes, Bytes, Bytes, Bytes]:
    place = _fashion_directory(directory)
    parts = [read_idx(_fashion_file(place, name), dimensions=3 if "images" in name else 1) for name in _FASHION_FILES]
    for images, labels, name in ((parts[0], parts[1], _FASHION_FILES[1]), (parts[2], parts[3], _FASHION_FILES[3])):
        if len(images) != len(labels):
            raise InputError(f"{place / name}: labels must be {len(images)}, one per image, not {len(labels)}")
        if labels.size and int(labels.max()) >= _CLASSES:
            raise InputError(f"{place / name}: labels must be between 0 and {_CLASSES - 1}, not {int(labels.max())}")
    return parts[0], parts[1], parts[2], parts[3]


def _fashion_directory(directory: str | Path | None) -> Path:
    if directory is not None:
        return Path(directory)
    named = _named_directory()
    if named is not None:
        return named
    if not _DEBIAN_FASHION.is_dir():
        raise InputError(
            f"data.set 'fashion' must be installed (Debian: apt install dataset-fashion-mnist) or {DATA_VARIABLE} "
            f"must name a directory with {', '.join(_FASHION_FILES)} (plain or .gz), not {str(_DEBIAN_FASHION)!r}"
        )
    return _DEBIAN_FASHION


def _named_directory() -> Path | None:
    """Return the directory that the environment variable names."""
    if DATA_VARIABLE not in os.environ:
        return None
    named = Path(os.environ[DATA_VARIABLE])
    if not named.is_dir():
        raise InputError(f"{DATA_VARIABLE} must be a directory, not {str(named)!r}")
    return named


def _cifar10(directory: str | Path | None) -> tuple[Bytes, Bytes, Bytes, Bytes]:
    place = _cifar10_directory(directory)
    train, test = read_cifar10(place, "train"), read_cifar10(place, "test")
    for labels in (train[1], test[1]):
        if int(labels.max()) >= _CLASSES:
            raise InputError(f"{place}: labels must be between 0 and {_CLASSES - 1}, not {int(labels.max())}")
    return *train, *test


def _cifar10_directory(directory: str | Path | None) -> Path:
    place = Path(directory) if directory is not None else _named_directory()
    if place is None:
        raise InputError(f"{DATA_VARIABLE} or --data must name {CIFAR10_SOURCES}, not be missing for 'cifar10'")
    return place


def _fashion_file(directory: Path, name: str) -> Path:
    for path in (directory / name, directory / f"{name}.gz"):
        if path.is_file():
            return path
    raise InputError(
        f"data directory must hold {', '.join(_FASHION_FILES)} (plain or .gz), "
        f"not be without {name!r} as {str(directory)!r} is"
    )


def _pixels(images: Bytes, white: int, config: CoreConfig) -> torch.Tensor:
    network, pool, name = config.network, config.data.pool, config.data.set
    images = images if images.ndim == 4 else images[..., None]
    count, height, width, channels = images.shape
    if height % pool or width % pool:
        raise InputError(f"data.pool must divide {math.gcd(height, width)} for {name!r}, not {pool}")
    rows, cols = height // pool, width // pool
    for field, found, wanted in (
        ("inputs", network.inputs, rows * cols * channels),
        ("image", network.image, (rows, cols, channels)),
    ):
        if found not in (None, wanted):
            raise InputError(f"network.{field} must be {wanted} for {name!r} with data.pool {pool}, not {found}")
    full, steps = pool * pool * white, config.layers[0].plane_gain
    pixels = np.empty((count, rows * cols * channels), dtype=np.uint8)
    for first in range(0, count, _QUANTIZED):
        squares = images[first : first + _QUANTIZED].reshape(-1, rows, pool, cols, pool, channels)
        area = squares.sum(axis=(2, 4), dtype=np.int64).reshape(len(squares), -1)
        pixels[first : first + _QUANTIZED] = (2 * area * steps + full) // (2 * full)
    return torch.from_numpy(pixels)


def _labels(labels: Bytes, config: CoreConfig) -> torch.Tensor:
    if config.network.classes != _CLASSES:
        raise InputError(f"network.classes must be {_CLASSES} for {config.data.set!r}, not {config.network.classes}")
    return torch.from_numpy(labels.astype(np.int64))
