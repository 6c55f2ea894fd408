"""Reader of the idx format of MNIST."""

import gzip
import io
import math
import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hdl.config import InputError, read_file

__all__ = ["read_idx"]

_UNSIGNED_BYTE = 0x08

#: Bytes of the largest file: Fashion-MNIST has 47 MB, and images of 224 × 224 would be 5,000.
_MOST_BYTES = 2**28


def read_idx(path: Path, *, dimensions: int) -> npt.NDArray[np.uint8]:
    """Read an idx file of unsigned bytes, plain or (name ending in .gz) gzipped.

    Returns an array with the shape that the file states, which has ``dimensions`` dimensions.

    Raises
    ------
    InputError
        The file cannot be read, has another magic number, or is shorter or longer than it states.
    """
    try:
        content = read_file(path, most=_MOST_BYTES)
        if path.suffix == ".gz":
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(_MOST_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(f"{path}: must be a whole gzip file, not a damaged or truncated one") from None
    except OSError as error:
        raise InputError(f"{path}: must be readable, not {error.strerror!r}") from None
    header = struct.Struct(f">I{dimensions}I")
    magic = _UNSIGNED_BYTE << 8 | dimensions
    if len(content) > _MOST_BYTES:
        raise InputError(f"{path}: size must be at most {_MOST_BYTES} bytes, unpacked, not more")
    if len(content) < header.size:
        raise InputError(f"{path}: size must be at least {header.size} bytes, not {len(content)}")
    found, *shape = header.unpack_from(content)
    if found != magic:
        raise InputError(f"{path}: magic number must be {magic:#010x}, not {found:#010x}")
    expected = header.size + math.prod(shape)
    if len(content) != expected:
        raise InputError(f"{path}: size must be {expected} bytes for {shape} entries, not {len(content)}")
    return np.frombuffer(content, dtype=np.uint8, offset=header.size).reshape(shape)
