"""Memory-mapped registers of a core in programmable logic."""

import mmap
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from hdl.config import InputError
from hdl.contract import ADDRESS_WIDTH, WORD_WIDTH

__all__ = ["MappedRegisters"]

#: Size of the register space in bytes.
_PAGE = 2**ADDRESS_WIDTH

_WORD_BYTES = WORD_WIDTH // 8


class MappedRegisters:
    """Registers of a core at a physical address.

    Use in a ``with`` statement, or :meth:`close` it.

    Parameters
    ----------
    base
        Address of the core, a multiple of 4 KiB.
    path
        File that is mapped: `/dev/mem`, or a UIO device, where the address is 0.

    Raises
    ------
    InputError
        ``base`` is no such address, or the file cannot be mapped there.
    """

    def __init__(self, base: int, path: str | Path = "/dev/mem"):
        if not isinstance(base, int) or base < 0 or base % _PAGE:
            raise InputError(f"base must be a multiple of {_PAGE:#x}, not {base!r}")
        # Pages may be larger than the registers.
        start = base - base % mmap.ALLOCATIONGRANULARITY
        try:
            # Synchronous: the processor must not cache registers.
            file = os.open(path, os.O_RDWR | os.O_SYNC)
            try:
                self._map = mmap.mmap(file, base - start + _PAGE, offset=start)
            finally:
                os.close(file)
        except (OSError, ValueError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise InputError(
                f"path must be a file that can be mapped at {base:#x}, not {str(path)!r} ({reason})"
            ) from None
        # An element is read and written in one access, which slices of the map do not guarantee.
        self._words: np.ndarray = np.frombuffer(self._map, np.uint32, _PAGE // _WORD_BYTES, base - start)

    def read(self, address: int) -> int:
        """Return the register at ``address``, an offset in the core."""
        return int(self._words[self._index(address)])

    def write(self, address: int, value: int) -> None:
        """Set the register at ``address``, an offset in the core."""
        if not 0 <= value < 2**WORD_WIDTH:
            raise InputError(f"value must be between 0 and {2**WORD_WIDTH - 1:#x}, not {value!r}")
        self._words[self._index(address)] = value

    def close(self) -> None:
        """Unmap the memory; accesses are errors from now on."""
        # The map cannot be closed while an array refers to it.
        self._words = np.empty(0, np.uint32)
        self._map.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _index(self, address: int) -> int:
        if not self._words.size:
            raise InputError("registers must be open to be accessed, not closed")
        if not 0 <= address < _PAGE or address % _WORD_BYTES:
            raise InputError(f"address must be a multiple of {_WORD_BYTES} below {_PAGE:#x}, not {address!r}")
        return address // _WORD_BYTES
