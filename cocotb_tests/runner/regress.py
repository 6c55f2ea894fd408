"""Regression of one configuration."""

import dataclasses
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ..blocks.blocks import BLOCKS, CORES
from ..blocks.blocks import blocks as blocks_of
from .runner import LIMIT, SILENCE, Result, failure, measure
from .simulators import Simulator

__all__ = ["regress"]

#: The block whose testbench judges a given Verilog file.
_CORE = "axi_core"

#: Generations of the language that Icarus knows: the one in which all blocks are, and the one that cocotb asks for.
_GENERATIONS = ("2005", "2012")

#: Tests that may wait in vain for an answer until a block is given up.
_TIMEOUTS = 2


def regress(
    config: CoreConfig,
    program: Program,
    simulators: Sequence[Simulator],
    *,
    blocks: Sequence[str] | None = None,
    verilog: Path | None = None,
    directory: Path,
    seed: int,
    on_result: Callable[[Result], None],
    limit: float = LIMIT,
    silence: float = SILENCE,
) -> list[Result]:
    """Simulate blocks and core in the geometry of ``config``, as many at a time as there are processors.

    Icarus reads whole cores in two generations of the language. A block that cannot be simulated has failed all its
    tests; the others are not affected.

    Parameters
    ----------
    config
        Geometry. A block that every layer has one of is that of the first layer that has it.
    program
        Initial contents of the core and its blocks, or of the core in ``verilog``.
    simulators
        Where everything is run.
    blocks
        Names of blocks, by default all that the core has; with ``verilog`` there is only `core`.
    verilog
        A core to run the core's own tests on, instead of that of ``config`` and ``program``.
    directory
        Where the simulations are built; all that they write is there.
    seed
        Seed of everything random in the testbenches.
    on_result
        Called with each result as soon as it and those before it are there.
    limit, silence
        As in :func:`cocotb_tests.runner.runner.measure`.

    Returns
    -------
    Results of each simulator in turn, in the order of the blocks

    Raises
    ------
    InputError
        The core has no such block, or ``program`` is for another configuration.
    """
    if program.config.hash != config.hash:
        raise InputError(f"program must be for configuration {config.hash[:12]}…, not {program.config.hash[:12]}…")
    choices = [_CORE] if verilog is not None else blocks_of(config)
    names = choices if blocks is None else list(dict.fromkeys(blocks))
    for name in names:
        if name not in choices:
            raise InputError(f"blocks must be among {', '.join(choices)}, not {name!r}")
    if not names:
        raise InputError("blocks must be at least one, not none")

    def simulate(simulator: Simulator, name: str, generation: str) -> Result:
        start = time.monotonic()
        label = f"-g{generation}" if generation != _GENERATIONS[0] else ""
        place = directory / simulator.name / f"{name}{label}"
        try:
            return measure(
                dataclasses.replace(BLOCKS[name].case(program), label=label),
                directory=place,
                simulator=simulator,
                seed=seed,
                verilog=verilog,
                timeouts=_TIMEOUTS,
                generation=generation,
                limit=limit,
                silence=silence,
            )
        except Exception as error:
            return failure(
                f"{name} {label}".rstrip(),
                simulator=simulator,
                tests=BLOCKS[name].tests,
                directory=place,
                error=error,
                seconds=time.monotonic() - start,
            )

    runs = [
        (simulator, name, generation)
        for simulator in simulators
        for name in names
        for generation in _generations(simulator, name, verilog)
    ]
    results = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for result in _in_order(pool, simulate, runs):
            on_result(result)
            results.append(result)
    return results


def _generations(simulator: Simulator, name: str, verilog: Path | None) -> tuple[str, ...]:
    """Return the generations of the language: of whole cores of ours two, as users have the one or the other."""
    several = simulator.name == "icarus" and name in CORES and verilog is None
    return _GENERATIONS if several else _GENERATIONS[:1]


def _in_order(
    pool: ThreadPoolExecutor,
    simulate: Callable[[Simulator, str, str], Result],
    runs: Sequence[tuple[Simulator, str, str]],
) -> Iterator[Result]:
    """Yield the results in the order of ``runs``; start nothing more once one of them is an error."""
    futures = [pool.submit(simulate, *each) for each in runs]
    try:
        for future in futures:
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
