"""Arrays of an npz file that nobody has checked."""

import io
import math
import struct
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

__all__ = ["ArrayFile"]

#: Ending of a member's name.
_SUFFIX = ".npy"

#: Version of a member's header.
_VERSION = (1, 0)

#: Bytes of the largest header.
_HEADER = 10_000

#: What modules of the standard library raise over a damaged file. A RuntimeError is a header that asks for a password.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ValueError,
    SyntaxError,
    tokenize.TokenError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    EOFError,
    OSError,
    RuntimeError,
    MemoryError,
    UserWarning,
)


class ArrayFile:
    """Arrays by name, each read when it is asked for, and not beyond a limit.

    Neither what the file claims of a size nor what it unpacks to takes more memory than the limit, and no code in it
    is run.

    Parameters
    ----------
    content
        The whole file.

    Raises
    ------
    ValueError
        It is damaged, or no npz file of :func:`numpy.savez_compressed`.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._file = zipfile.ZipFile(io.BytesIO(content))
            members = self._file.infolist()
        except _DAMAGE as error:
            raise ValueError(f"no zip file ({error})") from None
        self._members: Mapping[str, zipfile.ZipInfo] = {each.filename.removesuffix(_SUFFIX): each for each in members}
        if len(self._members) < len(members):
            raise ValueError("two members of one name")

    @property
    def names(self) -> frozenset[str]:
        """Names of the arrays."""
        return frozenset(self._members)

    def read(self, name: str, most: int) -> npt.NDArray:
        """Return the array ``name``, which has at most ``most`` bytes, without its header.

        Raises
        ------
        ValueError
            It is damaged, or larger.
        """
        member = self._members[name]
        try:
            with warnings.catch_warnings(action="error"):
                return self._array(member, most)
        except _DAMAGE as error:
            raise ValueError(f"{name} is damaged ({error})") from None

    def _array(self, member: zipfile.ZipInfo, most: int) -> npt.NDArray:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("unknown compression")
        with self._file.open(member) as packed:
            # One more than there should be, so that the checksum at the end is compared.
            raw = packed.read(most + _HEADER + 1)
        if len(raw) > most + _HEADER:
            raise ValueError(f"more than {most} bytes")
        file = io.BytesIO(raw)
        if np.lib.format.read_magic(file) != _VERSION:
            raise ValueError("unknown version")
        shape, columns_first, dtype = np.lib.format.read_array_header_1_0(file, max_header_size=_HEADER)
        count = math.prod(shape)
        if dtype.hasobject or file.tell() + count * dtype.itemsize != len(raw):
            raise ValueError(f"not {count} numbers")
        flat = np.frombuffer(raw, dtype, offset=file.tell()) if count else np.zeros(0, dtype)
        return flat.reshape(shape, order="F" if columns_first else "C")
