"""Reader of the idx format of MNIST."""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hdl.config import InputError

__all__ = ["read_idx"]

_UNSIGNED_BYTE = 0x08


def read_idx(path: Path, *, dimensions: int) -> npt.NDArray[np.uint8]:
    """Read an idx file of unsigned bytes, plain or (name ending in .gz) gzipped.

    Returns an array with the shape that the file states, which has ``dimensions`` dimensions.

    Raises
    ------
    InputError
        The file cannot be read, has another magic number, or is shorter or longer than it states.
    """
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{path}: must be a whole gzip file, not a damaged or truncated one") from None
    except OSError as error:
        raise InputError(f"{path}: must be readable, not {error.strerror!r}") from None
    header = struct.Struct(f">I{dimensions}I")
    magic = _UNSIGNED_BYTE << 8 | dimensions
    if len(content) < header.size:
        raise InputError(f"{path}: size must be at least {header.size} bytes, not {len(content)}")
    found, *shape = header.unpack_from(content)
    if found != magic:
        raise InputError(f"{path}: magic number must be {magic:#010x}, not {found:#010x}")
    expected = header.size + math.prod(shape)
    if len(content) != expected:
        raise InputError(f"{path}: size must be {expected} bytes for {shape} entries, not {len(content)}")
    return np.frombuffer(content, dtype=np.uint8, offset=header.size).reshape(shape)
