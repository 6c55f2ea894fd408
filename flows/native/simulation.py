"""A whole data set through the RTL, on all processors."""

import concurrent.futures
import dataclasses
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from golden.lfsr import jump
from hdl.config import CoreConfig
from hdl.loading import program_writes, seed_writes
from hdl.program import Program
from hdl.registers import Register

from .build import build_library
from .core import NativeCore

__all__ = ["Simulation", "bit_macs_per_input", "simulate"]

#: Inputs between two reports of progress.
_CHUNK = 50


@dataclasses.dataclass(frozen=True, kw_only=True)
class Simulation:
    """What the RTL made of a data set, and how fast."""

    logits: npt.NDArray[np.int64]
    """Logits of every pass, shape (n, passes, classes)."""

    results: dict[str, npt.NDArray[np.int64]]
    """Members of :class:`hdl.layouts.Result`, each of shape (n, classes)."""

    cycles: int
    """Clock cycles from the first pixel to the last result, added over the workers."""

    build_seconds: float
    """Time to build the library, next to nothing when it was cached."""

    seconds: float
    """Time of the simulation itself."""

    workers: int
    """Cores that ran side by side, each on its part of the data."""

    bit_macs: int
    """XNOR-and-count operations that the arrays did for the data."""

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
    load: bool = False,
    workers: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """Run ``pixels`` through the generated core.

    The data is cut into one part per worker. The random sequence of a part begins where that of the
    part before ends, so the result does not depend on the number of workers.

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
    load
        Load the Program through the register port and verify it first; otherwise the core must have
        been generated with it.
    workers
        Cores to run side by side, by default one per processor.
    on_progress
        Called with the number of inputs done and in all, from the calling thread.

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
    library = build_library(verilog, config.name)
    built = time.perf_counter()

    count = len(pixels)
    workers = max(1, min(workers or os.cpu_count() or 1, -(-count // _CHUNK)))
    bounds = [count * worker // workers for worker in range(workers + 1)]
    logits = np.empty((count, passes, config.network.classes), dtype=np.int64)
    results: dict[str, npt.NDArray[np.int64]] = {}
    cycles = [0] * workers
    done = [0] * workers
    stop = threading.Event()

    def work(worker: int) -> dict[str, npt.NDArray[np.int64]]:
        start, end = bounds[worker], bounds[worker + 1]
        core = NativeCore(library, config)
        _prepare(core, program, passes, first_input=start, load=load)
        first_cycle = core.cycles
        parts = []
        for chunk in range(start, end, _CHUNK):
            if stop.is_set():
                break
            part = slice(chunk, min(chunk + _CHUNK, end))
            logits[part], statistics = core.run(pixels[part], passes)
            parts.append(statistics)
            done[worker] = part.stop - start
        cycles[worker] = core.cycles - first_cycle
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(work, worker) for worker in range(workers)]
        try:
            pending = set(futures)
            while pending:
                _, pending = concurrent.futures.wait(pending, timeout=0.2)
                if on_progress is not None:
                    on_progress(sum(done), count)
            parts = [future.result() for future in futures]
        finally:
            stop.set()
    seconds = time.perf_counter() - built
    results = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Simulation(
        logits=logits,
        results=results,
        cycles=sum(cycles),
        build_seconds=built - begin,
        seconds=seconds,
        workers=workers,
        bit_macs=count * bit_macs_per_input(config, passes),
    )


def bit_macs_per_input(config: CoreConfig, passes: int) -> int:
    """Return the XNOR-and-count operations of one input: the first layer once per bit plane, the others per pass."""
    first, *others = (layer.inputs * layer.outputs * layer.input_bits * layer.vectors for layer in config.layers)
    return first + passes * sum(others)


def _prepare(core: NativeCore, program: Program, passes: int, *, first_input: int, load: bool) -> None:
    """Bring a core that was just reset to where its part of the data begins."""
    core.write(Register.CONTROL, 0)
    if load:
        core.write_all(program_writes(program))
        if core.read(Register.ERRORS):
            raise RuntimeError("the core did not keep all rows of the Program: a row did not verify")
    core.write(Register.STREAMS, 1)
    core.write(Register.PASSES, passes)
    draws = first_input * passes * program.config.mask_width
    core.write_all(seed_writes(jump(program.config.random, program.seed, draws)))
    core.write(Register.CONTROL, 1)
