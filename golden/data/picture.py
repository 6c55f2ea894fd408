"""Reader of one JPEG or PNG image."""

import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from hdl.config import InputError

__all__ = ["read_picture"]

#: Modes of Pillow that are converted to RGB without a choice of ours.
_PLAIN = ("1", "L", "P", "RGB")

#: Modes of gray values with 16 bits.
_DEEP = ("I", "I;16", "I;16B", "I;16L")

#: Steps of 16 bits in one of 8.
_STEPS = 257

#: Value of an opaque point.
_OPAQUE = 255

#: What Pillow raises over a damaged file; warnings are of sizes that would fill the memory.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Warning,
)

Bytes = npt.NDArray[np.uint8]


def read_picture(path: Path, shape: tuple[int, int, int]) -> Bytes:
    """Read an image as RGB, 8 bits a colour, upright as its EXIF data say.

    Gray values, palettes and 16 bits are converted. An alpha channel is dropped where every point is opaque.

    Parameters
    ----------
    path
        JPEG or PNG file.
    shape
        Height, width and colours that it must have.

    Raises
    ------
    InputError
        It is damaged, transparent, of another size or of a mode such as CMYK, which has no one conversion.
    """
    try:
        with warnings.catch_warnings(action="error"), Image.open(path, formats=("JPEG", "PNG")) as image:
            size, mode = image.size, image.mode
            # Points are read only of images that are small enough.
            upright = ImageOps.exif_transpose(image) if sorted(size) == sorted(shape[:2]) else None
            found = None if upright is None else _to_rgb(upright)
    except _DAMAGE:
        raise InputError(f"{path}: must be a whole JPEG or PNG image, not a damaged or truncated one") from None
    if upright is None:
        raise InputError(f"{path}: must have the shape {shape}, not {(size[1], size[0], shape[2])}")
    if found is None:
        raise InputError(
            f"{path}: must be gray, RGB or a palette, without transparent points, not of the mode {mode!r}"
        )
    if found.shape != shape:
        raise InputError(f"{path}: must have the shape {shape}, not {found.shape}")
    return found


def _to_rgb(image: Image.Image) -> Bytes | None:
    """Return the points, None where there is no one conversion."""
    if image.mode in _DEEP:
        deep = np.asarray(image).astype(np.int64)
        return np.repeat(((deep + _STEPS // 2) // _STEPS).astype(np.uint8)[..., None], 3, axis=2)
    if image.has_transparency_data:
        points = np.asarray(image.convert("RGBA"))
        return points[..., :3].copy() if int(points[..., 3].min()) == _OPAQUE else None
    return np.asarray(image.convert("RGB")) if image.mode in _PLAIN else None
