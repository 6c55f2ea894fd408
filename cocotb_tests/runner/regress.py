"""Regression of one configuration."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hdl.config import CoreConfig, InputError
from hdl.contract import Program

from ..blocks.blocks import BLOCKS
from ..blocks.blocks import blocks as blocks_of
from .runner import Result, measure
from .simulators import Simulator

__all__ = ["regress"]

#: The block whose testbench judges a given Verilog file.
_CORE = "axi_core"


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
) -> list[Result]:
    """Simulate blocks and core in the geometry of ``config``, as many at a time as there are processors.

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

    def simulate(simulator: Simulator, name: str) -> Result:
        return measure(
            BLOCKS[name].case(program),
            directory=directory / simulator.name / name,
            simulator=simulator,
            seed=seed,
            verilog=verilog,
        )

    pairs = [(simulator, name) for simulator in simulators for name in names]
    results = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for result in _in_order(pool, simulate, pairs):
            on_result(result)
            results.append(result)
    return results


def _in_order(
    pool: ThreadPoolExecutor, simulate: Callable[[Simulator, str], Result], pairs: Sequence[tuple[Simulator, str]]
) -> Iterator[Result]:
    """Yield the results in the order of ``pairs``; start nothing more once one of them is an error."""
    futures = [pool.submit(simulate, *pair) for pair in pairs]
    try:
        for future in futures:
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
