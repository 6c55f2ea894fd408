"""Count of cells in Verilog, by Yosys."""

import asyncio
import dataclasses
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pydantic_core

from cocotb_tests.runner.programs import failure
from hdl.config import InputError
from hdl.verilog import Hierarchy

from ..base.console import OnProgress
from ..base.yosys import Yosys
from .area import Area, area_by_block, area_rows
from .targets import CELLS, Target
from .verilog_modules import Design

__all__ = ["Synthesis", "synthesize"]

#: Names of the Verilog, without and with a target's own cells.
_SOURCES = ("design.v", "for_cells.v")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Synthesis:
    """Cells of one core on one target.

    Estimates from synthesis, without placement.
    """

    target: str
    """Name of the target."""

    title: str
    """Title for tables."""

    cells: dict[str, int]
    """Number of cells of each type."""

    kinds: dict[str, int]
    """Number of cells of each kind, and bits of unmapped memories."""

    blocks: Area
    """The same per block of each room; the blocks add up to `kinds`."""

    transistors: int | None
    """Estimate for the logic alone, where the target has one."""

    area: float | None
    """Area of the cells, in units of the Liberty file."""

    yosys: str
    """Version of Yosys, which the numbers depend on."""

    script: tuple[str, ...]
    """Commands for Yosys."""


def synthesize(
    verilog: str,
    top: str,
    targets: Sequence[Target],
    *,
    yosys: Yosys,
    files: Mapping[str, Path] | None = None,
    for_cells: str | None = None,
    hierarchy: Hierarchy | None = None,
    on_progress: OnProgress,
) -> list[Synthesis]:
    """Map ``verilog`` to every target, as many in parallel as there are processors.

    Parameters
    ----------
    verilog
        Text of all modules.
    top
        Name of the top module.
    targets
        Targets of the mapping.
    yosys
        Yosys.
    files
        Files that a target's script uses, such as a Liberty file.
    for_cells
        The same modules elaborated for :class:`hdl.verilog.ColumnCells`, for the targets that have such cells.
    hierarchy
        Blocks of the component that the Verilog is of, by which cells are counted.
    on_progress
        Called with the number of finished targets.

    Raises
    ------
    InputError
        Yosys rejects the Verilog or one of the files; the message is Yosys' own.
    """
    designs = {False: Design(verilog, top)}
    if for_cells is not None:
        designs[True] = Design(for_cells, top)
    chosen = [(target, for_cells is not None and bool(target.cells)) for target in targets]
    with tempfile.TemporaryDirectory(prefix="bayescim-synth-") as name:
        directory = Path(name)
        for with_cells, design in designs.items():
            (directory / _SOURCES[with_cells]).write_text(design.verilog, encoding="utf-8")
        cells = {file: CELLS / file for target, with_cells in chosen if with_cells for file in target.cells}
        for file, source in {**cells, **(files or {})}.items():
            shutil.copyfile(source, directory / file)
        scripts = {target.name: _script(target, top, with_cells) for target, with_cells in chosen}
        stats = asyncio.run(_run_all(directory, scripts, yosys, on_progress))
    return [
        _synthesis(designs[with_cells], target, stat, scripts[target.name], hierarchy)
        for (target, with_cells), stat in zip(chosen, stats, strict=True)
    ]


def _script(target: Target, top: str, with_cells: bool) -> tuple[str, ...]:
    sources = (_SOURCES[with_cells], *(target.cells if with_cells else ()))
    return (
        f"read_verilog {' '.join(sources)}",
        # The target's primitives become known later, in its own script.
        f"hierarchy {'' if with_cells else '-check '}-top {top}",
        # A full adder absorbs the XNOR of its operands, if both are in one module.
        "flatten *.columns *.accumulator",
        *(command.format(top=top) for command in target.script),
        f"tee -q -o {target.name}.json stat {target.statistics} -json",
    )


def _synthesis(
    design: Design, target: Target, stat: dict[str, Any], script: tuple[str, ...], hierarchy: Hierarchy | None
) -> Synthesis:
    blocks = area_by_block(design, stat, target, hierarchy)
    rows = [counted for _, _, counted in area_rows(blocks)]
    kinds = list(dict.fromkeys(kind for counted in rows for kind in counted))
    order = [kind for kind in target.kinds if kind in kinds]
    order += [kind for kind in kinds if kind not in target.kinds]
    whole, modules = stat["design"], {name.removeprefix("\\") for name in stat["modules"]}
    transistors = whole.get("estimated_num_transistors")
    return Synthesis(
        target=target.name,
        title=target.title,
        cells={
            cell: count
            for cell, count in whole["num_cells_by_type"].items()
            if cell.removeprefix("\\") not in modules and target.kind(cell) is not None
        },
        kinds={kind: sum(counted.get(kind, 0) for counted in rows) for kind in order},
        blocks=blocks,
        # A plus sign marks unknown cells: the ports of memories.
        transistors=int(str(transistors).rstrip("+")) if transistors is not None else None,
        area=whole.get("area"),
        # The version alone: the rest of the line is the machine that it was compiled on.
        yosys=stat["creator"].partition(" (")[0],
        script=script,
    )


async def _run_all(
    directory: Path, scripts: Mapping[str, Sequence[str]], yosys: Yosys, on_progress: OnProgress
) -> list[dict[str, Any]]:
    room = asyncio.Semaphore(os.cpu_count() or 1)
    done = 0
    on_progress(done, len(scripts))

    async def run(target: str) -> dict[str, Any]:
        nonlocal done
        async with room:
            stat = await _run(directory, target, scripts[target], yosys)
        done += 1
        on_progress(done, len(scripts))
        return stat

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(target)) for target in scripts]
    except* InputError as failed:
        # One is enough; the others were stopped.
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


async def _run(directory: Path, target: str, commands: Sequence[str], yosys: Yosys) -> dict[str, Any]:
    script, log = directory / f"{target}.ys", directory / f"{target}.log"
    script.write_text("\n".join(commands) + "\n", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        *yosys.command,
        "-q",
        # Yosys reports its internal errors nowhere else.
        "-l",
        log.name,
        script.name,
        cwd=directory,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        # Interrupted: no process is left running.
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        logged = log.read_bytes() if log.exists() else b""
        reason = failure((logged + output).decode(errors="replace"), process.returncode)
        raise InputError(f"synthesis for {target} failed: {reason}")
    return pydantic_core.from_json((directory / f"{target}.json").read_bytes())
