"""Verilated core in this process."""

import ctypes
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from driver.beats import logit_beat, pack_pixels, pixel_beat, result_beat
from golden.arrays import MacroChip
from golden.draws import beats
from hdl.axi import stream_width
from hdl.config import CoreConfig, InputError
from hdl.contract import Register

from .macros import MacroAnswers

__all__ = ["NativeCore"]

#: Cycles without progress after which the core is given up: far more than the slowest pass takes.
_PATIENCE = 1_000_000

#: Results of the harness for a core without progress, and for one that was stopped.
_STUCK, _STOPPED = 1, 3

_BYTE = 8

_Bytes = npt.NDArray[np.uint8]


class NativeCore:
    """Core after reset.

    One thread at a time may use it; several cores may run in parallel.

    Parameters
    ----------
    library
        Library from :func:`build_library`.
    config
        Configuration that the Verilog was generated for.
    chip
        Device model of the arrays, where they are external.
    """

    def __init__(self, library: Path, config: CoreConfig, chip: MacroChip | None = None):
        self._config = config
        self._functions = _functions(library)
        self._core = ctypes.c_void_p(self._functions.core_new())
        self._answers: MacroAnswers | None = None
        if chip is not None:
            self._answers = MacroAnswers(chip, self.stop)
            self._functions.core_answer(self._core, self._answers.function)
        self._watched: dict[int, tuple[int, int]] = {}
        self._pixel_beat, self._result_beat, self._logit_beat = (
            pixel_beat(config),
            result_beat(config),
            logit_beat(config),
        )

    def __del__(self) -> None:
        if getattr(self, "_core", None):
            self._functions.core_delete(self._core)

    @property
    def cycles(self) -> int:
        """Clock cycles since reset."""
        return self._functions.core_cycles(self._core)

    @property
    def failed_cells(self) -> int:
        """Number of macro cells that were not programmed within their tolerance."""
        return 0 if self._config.macro is None else self.read(Register.FAILED)

    @property
    def results_taken(self) -> int:
        """Number of inputs whose results :meth:`run` has taken; any thread may read it."""
        return self._functions.core_results_taken(self._core) // self._config.network.classes

    def stop(self) -> None:
        """Make :meth:`run` raise a :class:`RuntimeError`; any thread may call."""
        self._functions.core_stop(self._core)

    def feed(self, draws: npt.NDArray[np.integer]) -> None:
        """Append draws for a core with an external source.

        Parameters
        ----------
        draws
            0 to 2^k − 1, shape (inputs, passes, mask_width).

        Raises
        ------
        InputError
            The core draws for itself, or the draws have another shape or are out of range.
        """
        if not self._config.stochastic.external:
            raise InputError(f"draws must not be given to a core with random.source {self._config.random.source!r}")
        size = stream_width(self._config.stochastic.entropy_width) // _BYTE
        given = beats(self._config, draws)
        octets = np.frombuffer(b"".join(beat.to_bytes(size, "little") for beat in given), dtype=np.uint8)
        self._functions.core_feed(self._core, octets.ctypes.data, size, len(given))

    @property
    def unused_draws(self) -> int:
        """Number of beats of draws that the core was given and has not taken."""
        return self._functions.core_unused(self._core)

    def watch(self, layer: int) -> None:
        """Record the activations of hidden layer ``layer`` from now on.

        Raises
        ------
        InputError
            The Verilog lacks these neurons, or the library was built without visible neurons.
        """
        scope = f"{self._config.name}.core.neuron_{layer}"
        size = self._functions.core_watch(self._core, scope.encode())
        if not size:
            raise InputError(f"verilog must have the outputs of {scope}, to compare layers, and does not")
        self._watched[layer] = (len(self._watched), size)

    def activations(self, layer: int) -> _Bytes:
        """Return the activations of ``layer`` since :meth:`watch`, bits of shape (vectors, outputs)."""
        index, size = self._watched[layer]
        place = ctypes.c_void_p()
        count = self._functions.core_watched(self._core, index, ctypes.byref(place))
        beats = np.frombuffer(ctypes.string_at(place, count), dtype=np.uint8).reshape(-1, size)
        return np.unpackbits(beats, axis=1, count=self._config.layers[layer].outputs, bitorder="little")

    def read(self, register: int) -> int:
        """Return the value of ``register``; an access that the core refuses is a :class:`RuntimeError`."""
        return int(self._access([(register, 0)], write=0)[0])

    def write(self, register: int, value: int) -> None:
        """Set ``register``; an access that the core refuses is a :class:`RuntimeError`."""
        self._access([(register, value)], write=1)

    def write_all(self, writes: Iterable[tuple[int, int]] | npt.NDArray[np.uint32]) -> None:
        """Set registers in order, as (address, value), in one call."""
        self._access(writes if isinstance(writes, np.ndarray) else list(writes), write=1)

    def run(
        self,
        pixels: npt.NDArray[np.integer],
        passes: int,
        *,
        logits: bool = True,
        weights: npt.NDArray[np.int64] | None = None,
    ) -> tuple[npt.NDArray, dict[str, npt.NDArray]]:
        """Send inputs as fast as they are taken, and take every output at once.

        Parameters
        ----------
        pixels
            Shape (n, inputs), 0 to 2^input_bits − 1.
        passes
            Value of the register `PASSES`.
        logits
            Whether the register `STREAMS` has the stream of logits on.
        weights
            Expected weights of the passes, shape (n, passes), where passes have weights. Passes of weight 0 are not
            sent; their logits are 0 here.

        Returns
        -------
        logits : int64 array of shape (n, passes, classes), of no passes where they are off
        results : int64 arrays of shape (n, classes) by name of the member of :class:`hdl.streams.Result`

        Raises
        ------
        RuntimeError
            The core made no progress, or labelled a beat wrongly.
        """
        config = self._config
        count, classes = len(pixels), config.network.classes
        weighed = np.ones((count, passes), dtype=np.int64) if weights is None else weights
        weighed = weighed[:, : weighed.shape[1] * logits]
        sizes = (np.full(count, classes), (weighed > 0).sum(axis=1) * classes)
        results, given = self._exchange(pack_pixels(pixels, config), *sizes)
        statistics = {
            name: values.reshape(count, classes) for name, values in self._result_beat.unpack(results).items()
        }
        members = {name: values.reshape(-1, classes) for name, values in self._logit_beat.unpack(given).items()}
        inputs, places = np.nonzero(weighed)
        expected_last = np.append(inputs[1:] != inputs[:-1], [True] * bool(len(inputs)))
        if (members["index"] != np.arange(classes)).any() or (members["last"] != expected_last[:, None]).any():
            raise RuntimeError("the core labelled a logit with another class or pass than its place says")
        if weights is not None and logits and (members["weight"] != weighed[inputs, places][:, None]).any():
            raise RuntimeError("the core gave a pass another weight than its place says")
        values = np.zeros((count, weighed.shape[1], classes), dtype=np.int64)
        values[inputs, places] = members["value"]
        if (statistics["index"] != np.arange(classes)).any():
            raise RuntimeError("the core labelled a result with another class than its place says")
        return values, statistics

    def exchange(self, packets: _Bytes, result_bytes: int, logit_bytes: int) -> tuple[_Bytes, _Bytes]:
        """Send packets as fast as they are taken, and take every output at once.

        Parameters
        ----------
        packets
            Shape (n, bytes of a packet), one input each.
        result_bytes, logit_bytes
            Bytes of a packet of results and of a packet of logits; 0 where the stream is off.

        Returns
        -------
        results, logits : beats as bytes, shape (beats, bytes of a beat)

        Raises
        ------
        RuntimeError
            The core made no progress, or ended a packet at a wrong beat.
        """
        result, logit = result_bytes // self._result_beat.octets, logit_bytes // self._logit_beat.octets
        return self._exchange(packets, np.full(len(packets), result), np.full(len(packets), logit))

    def _exchange(
        self, packets: _Bytes, results_of_packets: npt.NDArray[np.integer], logits_of_packets: npt.NDArray[np.integer]
    ) -> tuple[_Bytes, _Bytes]:
        """Exchange packets as :meth:`exchange`, given the expected beats of each packet."""
        pixel, result, logit = self._pixel_beat.octets, self._result_beat.octets, self._logit_beat.octets
        beats = np.ascontiguousarray(packets).reshape(-1, pixel)
        sizes = [each.astype(np.uint64) for each in (logits_of_packets, results_of_packets)]
        logits, results = (
            np.empty((int(each.sum()), octets), dtype=np.uint8)
            for each, octets in zip(sizes, (logit, result), strict=True)
        )
        failed = self._functions.core_run(
            self._core,
            *(*_buffer(beats), packets.shape[1] // pixel),
            *(*_buffer(logits), sizes[0].ctypes.data),
            *(*_buffer(results), sizes[1].ctypes.data),
            _PATIENCE,
        )
        self._check_answers()
        if failed == _STUCK:
            raise RuntimeError(f"the core made no progress for {_PATIENCE} cycles")
        if failed == _STOPPED:
            raise RuntimeError("the simulation was stopped")
        if failed:
            raise RuntimeError("the core ended a packet at a wrong beat")
        return results, logits

    def _access(
        self, accesses: list[tuple[int, int]] | npt.NDArray[np.uint32], *, write: int
    ) -> npt.NDArray[np.uint32]:
        addresses, data = np.array(accesses, dtype=np.uint32).T.copy()
        writes, errors = np.full(len(accesses), write, dtype=np.uint8), np.zeros(len(accesses), dtype=np.uint8)
        arrays = (addresses, writes, data, errors)
        places = (array.ctypes.data for array in arrays)
        if self._functions.core_access(self._core, *places, len(accesses), _PATIENCE):
            raise RuntimeError(f"the core did not answer an access for {_PATIENCE} cycles")
        self._check_answers()
        if errors.any():
            register, value = accesses[int(errors.argmax())]
            name = Register(register).name if register in set(Register) else f"{register:#x}"
            raise RuntimeError(f"the core refused to {'write' if write else 'read'} register {name} ({value:#x})")
        return data

    def _check_answers(self) -> None:
        """Raise the error that occurred while a device model answered."""
        if self._answers is not None and self._answers.error is not None:
            raise self._answers.error


def _buffer(beats: _Bytes) -> tuple[int, int, int]:
    """Return address, bytes of a beat and number of beats, as the harness expects them."""
    return beats.ctypes.data, beats.shape[1], beats.shape[0]


def _functions(library: Path) -> ctypes.CDLL:
    """Load the library and declare its functions; calls release Python's lock."""
    functions = ctypes.CDLL(str(library))
    size, address, count = ctypes.c_size_t, ctypes.c_void_p, ctypes.c_uint64
    functions.core_new.restype = address
    functions.core_delete.argtypes = [address]
    functions.core_cycles.argtypes = [address]
    functions.core_cycles.restype = count
    if hasattr(functions, "core_answer"):
        functions.core_answer.argtypes = [address, address]
    functions.core_stop.argtypes = [address]
    functions.core_results_taken.argtypes = [address]
    functions.core_results_taken.restype = size
    functions.core_feed.argtypes = [address, address, size, size]
    functions.core_unused.argtypes = [address]
    functions.core_unused.restype = size
    functions.core_watch.argtypes = [address, ctypes.c_char_p]
    functions.core_watch.restype = size
    functions.core_watched.argtypes = [address, size, ctypes.POINTER(address)]
    functions.core_watched.restype = size
    functions.core_access.argtypes = [address, address, address, address, address, size, count]
    stream = (address, size, size)
    functions.core_run.argtypes = [address, *stream, size, *stream, address, *stream, address, count]
    return functions
