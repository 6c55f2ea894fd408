"""Simulation of a block, with a count of tests.

A Verilog file may take the place of the block.
"""

import contextlib
import dataclasses
import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cocotb_tools.check_results import get_results

from hdl.verilog import export

from .. import tb
from ..agents.parameters import VARIABLE, Parameters
from ..blocks.case import Case
from .simulators import Simulator
from .watch import Watch

__all__ = ["LIMIT", "SILENCE", "Result", "failure", "measure", "run"]

#: Seconds after which a simulation is stopped.
LIMIT = 900

#: Seconds after which it is when a test prints nothing.
SILENCE = 240

#: Seconds between two looks at a running simulation.
_INTERVAL = 0.2

#: How much of the log of a failed simulation is shown.
_LOG_LINES = 60


@dataclasses.dataclass(frozen=True, kw_only=True)
class Result:
    """Outcome of one simulation."""

    simulator: str
    """Name of the simulator."""

    block: str
    """Name of the case."""

    tests: int
    """Number of tests that had to run."""

    failed: int
    """Number of those that failed or did not run at all."""

    seconds: float
    """Wall time, build included."""

    log: Path
    """Output of build and simulation."""

    error: str | None = None
    """Why it did not come to the end of its tests, in one line."""


def measure(
    case: Case,
    *,
    directory: Path,
    simulator: Simulator,
    seed: int,
    verilog: Path | None = None,
    only: Sequence[str] | None = None,
    limit: float = LIMIT,
    silence: float = SILENCE,
    timeouts: int | None = None,
    generation: str = "2005",
) -> Result:
    """Simulate and count.

    Parameters
    ----------
    case
        Block, and its testbench.
    directory
        Where everything is written; nothing is written anywhere else.
    simulator
        Where it runs.
    seed
        Seed of everything random.
    verilog
        A file to simulate instead of the exported component.
    only
        Names of the tests to run, all when not given; the count to expect is theirs.
    limit, silence
        Seconds after which the simulation is stopped and has failed, in all and without output of a test.
    timeouts
        Number of tests with a timeout after which it is stopped; by default all tests are run.
    generation
        Generation of the language that Icarus reads Verilog as.
    """
    start = time.monotonic()
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    top = case.top or case.block
    expected = len(only) if only is not None else case.tests
    source = verilog.resolve() if verilog is not None else export(case.component, top, directory)
    results, parameters = directory / "results.xml", directory / "parameters.json"
    results.unlink(missing_ok=True)
    Parameters(seed=seed, config=case.config, program=case.program, values=case.values).save(parameters)
    request = {
        "simulator": simulator.name,
        "verilog": str(source),
        # Our Verilog always needs the same parts of the runtime; other Verilog may need more.
        "runtime": str(simulator.root) if simulator.root is not None and verilog is None else None,
        "name": top,
        "test_module": _testbench(case.block),
        "directory": str(directory),
        "build_arguments": _build_arguments(simulator, verilog, generation),
        "seed": seed,
        "results": str(results),
        "only": list(only) if only is not None else None,
    }
    log = directory / "simulation.log"
    watch = Watch(log, limit=limit, silence=silence, timeouts=timeouts)
    error = _execute(request, log, _environment(simulator, parameters), watch)
    # Results are written at the end only.
    # One that was stopped has failed, whatever passed before.
    ran, failed = get_results(results) if results.is_file() and error is None else (watch.passed, int(bool(error)))
    return Result(
        simulator=simulator.name,
        block=case.name,
        tests=expected,
        # The runner is content with zero tests, so that a misspelt filter would otherwise pass.
        failed=min(failed + abs(expected - ran), max(expected, ran)),
        seconds=time.monotonic() - start,
        log=log,
        error=error,
    )


def failure(
    case: str, *, simulator: Simulator, tests: int, directory: Path, error: Exception, seconds: float
) -> Result:
    """Return the outcome of a block that could not be made into a simulation, with the traceback as its log."""
    directory.mkdir(parents=True, exist_ok=True)
    log = directory / "simulation.log"
    log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return Result(
        simulator=simulator.name,
        block=case,
        tests=tests,
        failed=tests,
        seconds=seconds,
        log=log,
        error=f"{type(error).__name__}: {' '.join(str(error).split())}".rstrip(": "),
    )


def _testbench(block: str) -> str:
    """Return the module ``tb_<block>``, in whatever room it is."""
    modules = (info.name for info in pkgutil.walk_packages(tb.__path__, f"{tb.__name__}."))
    found = [name for name in modules if name.rpartition(".")[2] == f"tb_{block}"]
    if len(found) != 1:
        raise ValueError(f"block must have one testbench, not {len(found)}: {block!r}")
    return found[0]


def run(case: Case, **arguments: Any) -> Result:
    """Do as :func:`measure`, and raise an :class:`AssertionError` with the end of the log when a test fails."""
    result = measure(case, **arguments)
    if result.failed:
        lines = result.log.read_text(errors="replace", encoding="utf-8").splitlines()
        summary = f"{result.failed} of {result.tests} tests of {result.block} failed on {result.simulator}"
        raise AssertionError("\n".join([summary, *lines[-_LOG_LINES:]]))
    return result


def _build_arguments(simulator: Simulator, verilog: Path | None, generation: str) -> list[str]:
    if simulator.name == "icarus":
        # Ours is the same in each; what Yosys writes of other designs may need Verilog-2005.
        return [] if verilog is not None and verilog.suffix == ".sv" else [f"-g{generation}"]
    # cocotb makes every signal accessible, which more than doubles the build. Testbenches look at ports only.
    access = ["--no-public-flat-rw", "--public-depth", "1"]
    if verilog is not None:
        # Verilog from elsewhere may well have warnings.
        return [*access, "-Wno-fatal"]
    # Yosys leaves it to the standard to extend operands.
    return [*access, "-Wno-lint", "-Wno-style"]


def _environment(simulator: Simulator, parameters: Path) -> dict[str, str]:
    """Return our environment without the variables that would change the tests."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("COCOTB_", "GPI_", "PYTEST_"))}
    return {
        **inherited,
        # A testbench computes little, and simulations run side by side.
        "OMP_NUM_THREADS": "1",
        # cocotb would have pytest rewrite torch as well, at every start.
        "COCOTB_REWRITE_ASSERTION_FILES": "*/cocotb_tests/*.py",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        **simulator.environment,
        VARIABLE: str(parameters),
    }


def _execute(request: dict[str, Any], log: Path, environment: dict[str, str], watch: Watch) -> str | None:
    """Run one simulation to its end, and let none of its processes survive; return why it was stopped, if it was."""
    path = log.with_name("request.json")
    path.write_text(json.dumps(request, indent=2) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "cocotb_tests.runner.simulation", str(path)]
    reason = None
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=log.parent,
            start_new_session=True,
        )
        try:
            while reason is None and process.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_INTERVAL)
                reason = watch.reason() if process.poll() is None else None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if reason is not None:
        with log.open("a", encoding="utf-8") as output:
            output.write(f"{reason}\n")
    return reason
