"""CIFAR-10 as image folders or binary files."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from hdl.config import InputError, read_file

from .picture import read_picture

__all__ = ["CLASSES", "SHAPE", "SOURCES", "read_cifar10"]

#: Names of the classes in the order of their labels.
CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

#: Height, width and channels of an image.
SHAPE = (32, 32, 3)

#: Sources of either form.
SOURCES = (
    "a directory with cifar-10-batches-bin (cs.toronto.edu/~kriz/cifar-10-binary.tar.gz, unpacked) "
    "or with train/<class>/*.jpg and test/<class>/*.jpg (any image-folder copy of CIFAR-10)"
)

_BATCHES = "cifar-10-batches-bin"
_BATCH_FILES = {"train": tuple(f"data_batch_{number}.bin" for number in range(1, 6)), "test": ("test_batch.bin",)}
_SUFFIXES = (".jpg", ".jpeg", ".png")

#: Bytes of the largest file: those of CIFAR-10 have 31 MB.
_MOST_BYTES = 2**28

Bytes = npt.NDArray[np.uint8]


def read_cifar10(directory: Path, part: str) -> tuple[Bytes, Bytes]:
    """Read images, shape (images, 32, 32, 3), and labels, shape (images,).

    Parameters
    ----------
    directory
        Contains the canonical binary files, itself or in `cifar-10-batches-bin`, or else the folders `train` and
        `test` with a folder of JPEG or PNG files for each class. Images come in the order of the files or, from
        folders, of class and name; for `test` of name and class, so that the first of them cover all classes.
    part
        `train` or `test`.

    Raises
    ------
    InputError
        There is neither form, or a file is missing, damaged or of another size.
    """
    for place in (directory / _BATCHES, directory):
        if (place / _BATCH_FILES[part][0]).is_file():
            images, labels = zip(*(_read_batch(place / name) for name in _BATCH_FILES[part]), strict=True)
            return np.concatenate(images), np.concatenate(labels)
    if (directory / part).is_dir():
        # Training shuffles its images, and a subset of the test images consists of the first ones.
        return _read_folder(directory / part, mixed=part == "test")
    raise InputError(f"data directory must be {SOURCES}, not {str(directory)!r}")


def _read_batch(path: Path) -> tuple[Bytes, Bytes]:
    """Read records of a label and an image, its channels one after the other."""
    height, width, channels = SHAPE
    record = 1 + height * width * channels
    try:
        content = np.frombuffer(read_file(path, most=_MOST_BYTES), dtype=np.uint8)
    except OSError as error:
        raise InputError(f"{path}: must be readable, not {error.strerror!r}") from None
    if not content.size or content.size % record:
        raise InputError(f"{path}: size must be a multiple of {record} bytes, not {content.size}")
    records = content.reshape(-1, record)
    return records[:, 1:].reshape(-1, channels, height, width).transpose(0, 2, 3, 1), records[:, 0]


def _read_folder(folder: Path, *, mixed: bool) -> tuple[Bytes, Bytes]:
    """Read the images class by class or, if ``mixed``, the first of each class, then the second ones."""
    images: list[Bytes] = []
    labels: list[int] = []
    places: list[int] = []
    for label, name in enumerate(CLASSES):
        paths = sorted(path for path in (folder / name).glob("*") if path.suffix.lower() in _SUFFIXES)
        if not paths:
            raise InputError(f"{folder / name}: must hold images (*{', *'.join(_SUFFIXES)}), not none")
        images += [read_picture(path, SHAPE) for path in paths]
        labels += [label] * len(paths)
        places += range(len(paths))
    order = np.argsort(places, kind="stable") if mixed else slice(None)
    return np.stack(images)[order], np.array(labels, dtype=np.uint8)[order]
