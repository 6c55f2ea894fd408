"""One Verilated core in this process."""

import ctypes
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hdl.config import CoreConfig
from hdl.layouts import Logit, Result
from hdl.registers import BusReply, BusRequest, Register

from .beats import pack, pack_members, size_of, unpack

__all__ = ["NativeCore"]

#: Cycles without any progress after which the core is given up: far more than the slowest pass takes.
_PATIENCE = 1_000_000

_Bytes = npt.NDArray[np.uint8]


class NativeCore:
    """A core that was just reset. One thread at a time may use it; several cores may run at once.

    Parameters
    ----------
    library
        From :func:`build_library`.
    config
        Configuration that the Verilog was generated for.
    """

    def __init__(self, library: Path, config: CoreConfig):
        self._config = config
        self._functions = _functions(library)
        self._core = ctypes.c_void_p(self._functions.core_new())
        self._logit_layout = Logit(config)
        self._result_layout = Result(config)

    def __del__(self) -> None:
        if getattr(self, "_core", None):
            self._functions.core_delete(self._core)

    @property
    def cycles(self) -> int:
        """Clock cycles since reset."""
        return self._functions.core_cycles(self._core)

    def read(self, register: int) -> int:
        """Return the value of ``register``; an access that the core refuses is a :class:`RuntimeError`."""
        return int(self._access([(register, 0)], write=0)[0])

    def write(self, register: int, value: int) -> None:
        """Set ``register``; an access that the core refuses is a :class:`RuntimeError`."""
        self._access([(register, value)], write=1)

    def write_all(self, writes: Iterable[tuple[int, int]]) -> None:
        """Set registers one after the other, as (address, value), in one call."""
        self._access(list(writes), write=1)

    def run(self, pixels: npt.NDArray[np.integer], passes: int) -> tuple[npt.NDArray, dict[str, npt.NDArray]]:
        """Send inputs as fast as they are taken, and take everything at once.

        Parameters
        ----------
        pixels
            Shape (n, inputs), 0 to 2^input_bits − 1.
        passes
            What the register `PASSES` holds.

        Returns
        -------
        logits : int64 array of shape (n, passes, classes)
        results : int64 arrays of shape (n, classes) by name of the member of :class:`hdl.layouts.Result`

        Raises
        ------
        RuntimeError
            The core stopped making progress, or labelled a beat wrongly.
        """
        config = self._config
        count, classes = len(pixels), config.network.classes
        width = config.ports.pixels_per_beat
        padded = np.zeros((count, config.beats_per_input * width), dtype=np.int64)
        padded[:, : config.network.inputs] = pixels
        beats = pack(padded.reshape(-1, width), config.network.input_bits)
        logits = np.empty((count * passes * classes, size_of(self._logit_layout)), dtype=np.uint8)
        results = np.empty((count * classes, size_of(self._result_layout)), dtype=np.uint8)
        stuck = self._functions.core_run(
            self._core,
            *_buffer(beats),
            *_buffer(logits),
            *_buffer(results),
            _PATIENCE,
        )
        if stuck:
            raise RuntimeError(f"the core made no progress for {_PATIENCE} cycles")
        given = {
            name: values.reshape(count, passes, classes) for name, values in unpack(logits, self._logit_layout).items()
        }
        statistics = {
            name: values.reshape(count, classes) for name, values in unpack(results, self._result_layout).items()
        }
        expected_last = np.arange(passes) == passes - 1
        if (given["index"] != np.arange(classes)).any() or (given["last"] != expected_last[:, None]).any():
            raise RuntimeError("the core labelled a logit with another class or pass than its place says")
        if (statistics["index"] != np.arange(classes)).any():
            raise RuntimeError("the core labelled a result with another class than its place says")
        return given["value"], statistics

    def _access(self, accesses: list[tuple[int, int]], *, write: int) -> npt.NDArray[np.int64]:
        addresses, values = np.array(accesses, dtype=np.int64).T
        requests = pack_members(
            {"address": addresses, "write": np.full_like(values, write), "data": values}, BusRequest()
        )
        answers = np.zeros((len(accesses), size_of(BusReply())), dtype=np.uint8)
        address, size, count = _buffer(answers)
        stuck = self._functions.core_access(self._core, *_buffer(requests)[:2], address, size, count, _PATIENCE)
        if stuck:
            raise RuntimeError(f"the core did not answer an access for {_PATIENCE} cycles")
        members = unpack(answers, BusReply())
        if members["error"].any():
            register, value = accesses[int(members["error"].argmax())]
            name = Register(register).name if register in set(Register) else f"{register:#x}"
            raise RuntimeError(f"the core refused to {'write' if write else 'read'} register {name} ({value:#x})")
        return members["data"]


def _buffer(beats: _Bytes) -> tuple[int, int, int]:
    """Return address, bytes of a beat and number of beats, as the harness takes them."""
    return beats.ctypes.data, beats.shape[1], beats.shape[0]


def _functions(library: Path) -> ctypes.CDLL:
    """Load the library and declare its functions; calls release Python's lock."""
    functions = ctypes.CDLL(str(library))
    size, address, count = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_uint64
    functions.core_new.restype = address
    functions.core_delete.argtypes = [address]
    functions.core_cycles.argtypes = [address]
    functions.core_cycles.restype = count
    functions.core_access.argtypes = [address, address, size, address, size, size, count]
    functions.core_run.argtypes = [address, *(address, size, size) * 3, count]
    return functions
