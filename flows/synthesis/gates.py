"""LUTs per bit of an XNOR-popcount, everything counted."""

import dataclasses
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pydantic_core

from cocotb_tests.runner.programs import run_program
from hdl.config import InputError
from hdl.lanes import Popcount
from hdl.verilog import ColumnCells, to_verilog

from ..base import markdown
from ..base.bounds import check_choices
from ..base.console import OnProgress
from ..base.yosys import Yosys
from .targets import CELLS, TARGETS

__all__ = ["GOALS", "LANES", "SIZES", "STRUCTURES", "Gates", "count_gates", "measure_gates", "to_markdown"]

#: Columns that share the common logic.
LANES = 16

#: Words of a popcount, including sizes that fill their adders.
SIZES = (63, 64, 256, 1024)

#: Most words for which plain logic is measured: a larger one takes minutes, and its cells per bit hardly change.
_PLAIN_WORDS = 256

#: Best structure of each target, and the result of any tool for the exported Verilog.
STRUCTURES: Mapping[str, ColumnCells | None] = {"own cells": ColumnCells(), "plain logic": None}

#: Goals for the LUTs per bit.
GOALS: Mapping[str, float] = {"ice40": 1.6, "ecp5": 1.8, "xilinx": 1.1}

_TOP = "popcount"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Gates:
    """LUTs of one popcount on one target."""

    target: str
    """Name of the target."""

    structure: str
    """Name of the structure."""

    words: int
    """Bits that a column compares and counts."""

    cells: int
    """LUTs in all columns: logic cells on iCE40, including a carry that cannot share the cell of a LUT; LUT4 and two
    for each CCU2C on ECP5; LUTs on Xilinx 7, where carries are free and a LUT of two functions is one."""

    per_bit: float
    """LUTs per column and bit."""


def count_gates(target: str, structure: str, words: int, *, yosys: Yosys) -> Gates:
    """Synthesize the popcount of ``words`` words for ``target`` and count its LUTs.

    Raises
    ------
    InputError
        Yosys fails; the message is its own.
    """
    chosen, platform = TARGETS[target], STRUCTURES[structure]
    files = chosen.cells if platform is not None else ()
    script = (
        f"read_verilog {' '.join(('popcount.v', *files))}",
        f"hierarchy -top {_TOP}",
        "flatten",
        *(command.format(top=_TOP) for command in chosen.script),
        "write_json netlist.json",
    )
    with tempfile.TemporaryDirectory(prefix="bayescim-gates-") as name:
        directory = Path(name)
        (directory / "popcount.v").write_text(to_verilog(Popcount(words, LANES), _TOP, platform), encoding="utf-8")
        for file in files:
            (directory / file).write_bytes((CELLS / file).read_bytes())
        (directory / "gates.ys").write_text("\n".join(script) + "\n", encoding="utf-8")
        done = run_program([*yosys.command, "-q", "gates.ys"], directory=directory)
        if done.code:
            raise InputError(f"synthesis for {target} failed: {done.reason}")
        netlist = pydantic_core.from_json((directory / "netlist.json").read_bytes())
    cells = _luts(netlist["modules"][_TOP]["cells"].values())
    return Gates(target=target, structure=structure, words=words, cells=cells, per_bit=cells / (words * LANES))


def measure_gates(
    targets: Sequence[str] = tuple(GOALS), sizes: Sequence[int] = SIZES, *, on_progress: OnProgress
) -> list[Gates]:
    """Count every structure at every size on every target, one after the other.

    Raises
    ------
    InputError
        A target or a size cannot be measured, or Yosys is missing.
    """
    check_choices("target", targets, GOALS)
    for size in sizes:
        if size < 1:
            raise InputError(f"size must be a positive integer, not {size!r}")
    yosys = Yosys.find()
    runs = [
        (target, structure, size)
        for target in targets
        for structure, platform in STRUCTURES.items()
        for size in sizes
        if platform is not None or size <= _PLAIN_WORDS
    ]
    found = []
    for index, run in enumerate(runs):
        on_progress(index, len(runs))
        found.append(count_gates(*run, yosys=yosys))
    on_progress(len(runs), len(runs))
    return found


def to_markdown(found: Sequence[Gates]) -> str:
    """Return the LUTs per bit as a table."""
    sizes = list(dict.fromkeys(each.words for each in found))
    rows = []
    for target, structure in dict.fromkeys((each.target, each.structure) for each in found):
        row = {each.words: each.per_bit for each in found if (each.target, each.structure) == (target, structure)}
        values = [f"{row[size]:.3f}" if size in row else "—" for size in sizes]
        rows.append([f"`{target}`", structure, *values, str(GOALS[target])])
    return markdown.table(["target", "structure", *(f"N = {size}" for size in sizes), "goal"], rows)


def _luts(cells: Iterable[Mapping[str, Any]]) -> int:
    """Return the LUTs of ``cells``, including the carries that occupy one."""
    luts = 0
    beside: Counter[tuple[Any, ...]] = Counter()
    carries = []
    for cell in cells:
        ports = cell["connections"]
        match cell["type"]:
            case "SB_CARRY":
                carries.append(tuple(ports[port][0] for port in ("I0", "I1", "CI")))
            case "CCU2C":
                luts += 2
            case "SB_LUT4":
                luts += 1
                beside[tuple(ports[port][0] for port in ("I1", "I2", "I3"))] += 1
            case kind if kind.startswith(("LUT", "INV")):
                luts += 1
    for carry in carries:
        if beside[carry]:
            beside[carry] -= 1
        else:
            luts += 1
    return luts
