"""Driver transport to a Verilated core."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from golden.arrays import MacroChip
from hdl.config import CoreConfig

from .build import build_library
from .core import NativeCore
from .macros import header

__all__ = ["NativeTransport"]


class NativeTransport:
    """Natively simulated core as a :class:`driver.Transport`.

    It starts from reset.

    Parameters
    ----------
    verilog
        Generated Verilog.
    config
        Configuration that it was generated for.
    chip
        Device model of the arrays, where they are external.

    Raises
    ------
    InputError
        The core cannot be built.
    """

    def __init__(self, verilog: str | Path, config: CoreConfig, chip: MacroChip | None = None):
        macros = "" if chip is None else header(config)
        self._core = NativeCore(build_library(Path(verilog), config.name, macros=macros), config, chip)

    def read(self, address: int) -> int:
        """Return a register; :class:`RuntimeError` where the core refuses it."""
        return self._core.read(address)

    def write(self, address: int, value: int) -> None:
        """Set a register; :class:`RuntimeError` where the core refuses it."""
        self._core.write(address, value)

    def feed(self, draws: npt.NDArray[np.integer]) -> None:
        """Give the core draws, as :meth:`NativeCore.feed`."""
        self._core.feed(draws)

    def exchange(self, packets: Sequence[bytes], result_bytes: int, logit_bytes: int) -> tuple[bytes, bytes]:
        """Exchange packets as :meth:`driver.Transport.exchange`; :class:`RuntimeError` for a core without progress."""
        if not packets:
            return b"", b""
        beats = np.frombuffer(b"".join(packets), dtype=np.uint8).reshape(len(packets), -1)
        results, logits = self._core.exchange(beats, result_bytes, logit_bytes)
        return results.tobytes(), logits.tobytes()
