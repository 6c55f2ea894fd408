"""Parallel simulation of a data set in RTL."""

import concurrent.futures
import dataclasses
import itertools
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from golden.arrays import MacroCells, MacroChip
from golden.model import passes_of
from hdl.config import CoreConfig, InputError
from hdl.contract import Program, calibration_writes

from .build import build_library
from .core import NativeCore
from .macros import header
from .preparation import load as load_core
from .preparation import loading_writes, start

__all__ = ["Simulation", "bit_macs_per_input", "simulate"]

#: Least work for another worker: inputs, or operations.
_INPUTS_PER_WORKER = 50
_BIT_MACS_PER_WORKER = 10**9

#: Seconds between two reports of progress.
_INTERVAL = 0.2

_OnProgress = Callable[[int, int], None]
Result = TypeVar("Result")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Simulation:
    """Results and speed of a simulation."""

    logits: npt.NDArray[np.int64]
    """Logits of every pass, shape (n, passes, classes); 0 for a mask of weight 0."""

    results: dict[str, npt.NDArray[np.int64]]
    """Members of :class:`hdl.streams.Result`, each of shape (n, classes)."""

    cycles: int
    """Clock cycles from the first pixel to the last result, summed over the workers."""

    build_seconds: float
    """Time to build the library, almost none when it was cached."""

    loading_seconds: float
    """Time to load the Program into all cores, almost none where they were generated with it."""

    seconds: float
    """Time of the simulation itself, from the first pixel to the last result."""

    workers: int
    """Cores that ran in parallel, each on its part of the data."""

    weights: npt.NDArray[np.int64] | None
    """Weights of the passes, shape (n, passes); None where passes have none."""

    bit_macs: int
    """XNOR-and-count operations of the arrays for the data."""

    @property
    def cycles_per_input(self) -> float:
        """Clock cycles per input, pipelined."""
        return self.cycles / len(self.logits)

    @property
    def inputs_per_second(self) -> float:
        """Inputs simulated per second."""
        return len(self.logits) / self.seconds

    @property
    def bit_macs_per_second(self) -> float:
        """XNOR-and-count operations simulated per second."""
        return self.bit_macs / self.seconds


def simulate(
    program: Program,
    verilog: Path,
    pixels: npt.NDArray[np.integer],
    *,
    passes: int | None = None,
    exact: bool = False,
    load: bool = False,
    workers: int | None = None,
    cells: MacroCells | None = None,
    age: float | None = None,
    calibrated: bool = False,
    first_pass: int = 0,
    on_loading: _OnProgress | None = None,
    on_progress: _OnProgress | None = None,
) -> Simulation:
    """Run ``pixels`` through the generated core.

    The data is split into one part per worker. The random sequence of a part begins where that of the
    preceding part ends, so the result does not depend on the number of workers.

    Parameters
    ----------
    program
        Program of the core.
    verilog
        Core generated for the Program's configuration.
    pixels
        Shape (n, inputs).
    passes
        Monte-Carlo passes, by default the configuration's.
    exact
        Whether to visit each mask once, weighted with its probability, instead.
    load
        Load the Program through the register port and verify it first; otherwise the core must have
        been generated with it.
    workers
        Number of parallel cores, by default one per processor as far as there is work for them.
    cells
        Device and chip for the arrays, where these are macros; each worker has an equal one.
    age
        Age that they are brought to once they are programmed, s.
    calibrated
        Whether the core then searches for the references of all of them.
    first_pass
        Passes whose reads they have made before.
    on_loading
        Called with the number of finished register writes and their total, from the calling thread.
    on_progress
        Called with the number of finished inputs and their total, from the calling thread.

    Raises
    ------
    InputError
        The core cannot be built.
    RuntimeError
        The core refused an access, or stopped.
    """
    config = program.config
    passes = passes or config.bayes.passes
    begin = time.perf_counter()
    if config.macro is not None and cells is None:
        raise InputError("cells must be given for a core with macros, not None")
    library = build_library(verilog, config.name, macros="" if config.macro is None else header(config))
    built = time.perf_counter()

    count, weights = len(pixels), None
    if config.passes_weighted:
        weights = passes_of(program, count, passes=passes, exact=exact).weights.numpy()
    bit_macs = count * bit_macs_per_input(config, passes)
    if workers is None and cells is not None:
        # Programming the arrays takes longer than reading them.
        workers = 1
    if workers is None:
        workers = min(os.cpu_count() or 1, max(count // _INPUTS_PER_WORKER, bit_macs // _BIT_MACS_PER_WORKER))
    workers = max(1, min(workers, count))
    bounds = [count * worker // workers for worker in range(workers + 1)]
    parts = [slice(*pair) for pair in itertools.pairwise(bounds)]
    chips = [None if cells is None else MacroChip(config, cells) for _ in range(workers)]
    cores = [NativeCore(library, config, chip) for chip in chips]
    writes = loading_writes(program) if load else np.empty((0, 2), dtype=np.uint32)
    written = [0] * workers
    stop = threading.Event()

    def prepare(worker: int) -> None:
        def on_done(done: int) -> None:
            written[worker] = done
            if stop.is_set():
                raise RuntimeError("the simulation was stopped")

        if load:
            load_core(cores[worker], writes, on_done)
        first, end = bounds[worker : worker + 2]
        chip = chips[worker]
        if chip is not None:
            if age is not None:
                chip.age(age)
            if calibrated:
                cores[worker].write_all(np.fromiter(calibration_writes(config), dtype=np.dtype((np.uint32, 2))))
            chip.skip(first_pass + first * passes)
        start(cores[worker], program, passes, exact=exact, inputs=end - first, first_input=first)

    def finish() -> None:
        stop.set()
        for core in cores:
            core.stop()

    _in_parallel(prepare, workers, lambda: (sum(written), workers * len(writes)), on_loading if load else None, finish)
    first_cycles = sum(core.cycles for core in cores)
    loaded = time.perf_counter()
    found = _in_parallel(
        lambda worker: cores[worker].run(
            pixels[parts[worker]], passes, weights=None if weights is None else weights[parts[worker]]
        ),
        workers,
        lambda: (sum(core.results_taken for core in cores), count),
        on_progress,
        finish,
    )
    seconds = time.perf_counter() - loaded
    cycles = sum(core.cycles for core in cores) - first_cycles
    return Simulation(
        logits=np.concatenate([logits for logits, _ in found]),
        results={name: np.concatenate([results[name] for _, results in found]) for name in found[0][1]},
        cycles=cycles,
        build_seconds=built - begin,
        loading_seconds=loaded - built,
        seconds=seconds,
        workers=workers,
        weights=weights,
        bit_macs=bit_macs,
    )


def bit_macs_per_input(config: CoreConfig, passes: int) -> int:
    """Return the XNOR-and-count operations of one input: the first layer once per bit plane, the others per pass.

    In the order by prefixes the number differs.
    """
    first, *others = (layer.inputs * layer.outputs * layer.input_bits * layer.vectors for layer in config.layers)
    return first + passes * sum(others)


def _in_parallel(
    work: Callable[[int], Result],
    workers: int,
    progress: Callable[[], tuple[int, int]],
    on_progress: _OnProgress | None,
    stop: Callable[[], None],
) -> list[Result]:
    """Return ``work(worker)`` of all workers, reporting ``progress()`` meanwhile; ``stop()`` ends them early."""
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, worker) for worker in range(workers)]
        try:
            pending = set(futures)
            while pending:
                done, pending = concurrent.futures.wait(pending, _INTERVAL, concurrent.futures.FIRST_EXCEPTION)
                for future in done:
                    future.result()
                if on_progress is not None:
                    on_progress(*progress())
            return [future.result() for future in futures]
        except BaseException:
            stop()
            raise
