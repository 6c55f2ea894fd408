"""Gates and flip-flops of blocks, counted by Yosys."""

import dataclasses
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from amaranth.lib import wiring

from hdl.config import InputError
from hdl.verilog import SharedModules, to_verilog

from ...base.yosys import Yosys
from ...synthesis.targets import GATES
from ...synthesis.yosys_script import complaint, run_script

__all__ = ["GATE_SCRIPT", "LANES", "NAND2", "Lanes", "Logic", "count_logic", "measure_lanes"]

#: Generic gates and flip-flops, as `bayescim synth --target gates` maps to them, of several tops at once.
GATE_SCRIPT = ("synth -run begin:fine", *GATES.script[1:])

#: Size of each generic gate in NAND2: a fourth of its transistors, of which Yosys' ``stat -tech cmos`` has
#: this estimate.
NAND2: Mapping[str, float] = {
    "$_NOT_": 0.5,
    "$_NAND_": 1.0,
    "$_NOR_": 1.0,
    "$_AND_": 1.5,
    "$_OR_": 1.5,
    "$_AOI3_": 1.5,
    "$_OAI3_": 1.5,
    "$_AOI4_": 2.0,
    "$_OAI4_": 2.0,
    "$_XOR_": 3.0,
    "$_XNOR_": 3.0,
    "$_MUX_": 3.0,
}

_FLIP_FLOP = "$_DFF_P_"

#: Cells that take no area, or are counted in bits of memory.
_UNCOUNTED = ("$mem", "$scopeinfo")

#: Numbers of lanes at which a block is measured, to separate its logic for each lane from that which it has once.
LANES = (4, 8)


@dataclasses.dataclass(frozen=True)
class Logic:
    """Logic of a block."""

    gates: float
    """Gates without flip-flops, in NAND2."""

    flip_flops: float
    """Flip-flops."""

    def __add__(self, other: "Logic") -> "Logic":
        return Logic(self.gates + other.gates, self.flip_flops + other.flip_flops)

    def __mul__(self, times: float) -> "Logic":
        return Logic(self.gates * times, self.flip_flops * times)

    @classmethod
    def of(cls, cells: Mapping[str, int]) -> Self:
        """Return the logic of so many cells of each type.

        Raises
        ------
        InputError
            A type is unknown.
        """
        counted = {cell: count for cell, count in cells.items() if not cell.startswith(_UNCOUNTED)}
        unknown = sorted(set(counted) - {*NAND2, _FLIP_FLOP})
        if unknown:
            raise InputError(f"cells must be generic gates, not {unknown[0]!r}")
        gates = math.fsum(NAND2[cell] * count for cell, count in counted.items() if cell != _FLIP_FLOP)
        return cls(gates, counted.get(_FLIP_FLOP, 0))


@dataclasses.dataclass(frozen=True)
class Lanes:
    """Logic of a block with lanes.

    It grows in proportion to the lanes, but for the part that all lanes share.
    """

    lane: Logic
    """Logic of each lane."""

    shared: Logic
    """Logic that is there once."""

    @classmethod
    def between(cls, few: Logic, many: Logic) -> Self:
        """Return the logic of which ``LANES[0]`` and ``LANES[1]`` lanes were counted."""
        lane = (many + few * -1) * (1 / (LANES[1] - LANES[0]))
        return cls(lane, few + lane * -LANES[0])

    def at(self, lanes: float) -> Logic:
        """Return the logic of so many lanes."""
        return self.shared + self.lane * lanes


class _InOnePiece(SharedModules):
    """Flattening of all components for counting.

    Each is counted with everything in it.
    """

    def shares(self, component: wiring.Component) -> bool:
        """Return False."""
        del component
        return False


def count_logic(components: Mapping[str, wiring.Component], *, yosys: Yosys) -> dict[str, Logic]:
    """Map components to generic gates, all in one run of Yosys, and count. Memories are omitted.

    Raises
    ------
    InputError
        Yosys fails; the line is its own.
    """
    names = {f"block_{index}": name for index, name in enumerate(components)}
    text = "\n".join(to_verilog(components[name], top, _InOnePiece()) for top, name in names.items())
    modules = run_gates(text, ("hierarchy -check", "proc", "flatten", "delete *.*", *GATE_SCRIPT), yosys)["modules"]
    return {name: Logic.of(modules[f"\\{top}"].get("num_cells_by_type", {})) for top, name in names.items()}


def measure_lanes(
    few: Mapping[str, wiring.Component], many: Mapping[str, wiring.Component], *, yosys: Yosys
) -> dict[str, Lanes]:
    """Return the logic of blocks that are given with ``LANES[0]`` and with ``LANES[1]`` lanes."""
    counted = count_logic(
        {**{f"{name} few": each for name, each in few.items()}, **{f"{name} many": many[name] for name in few}},
        yosys=yosys,
    )
    return {name: Lanes.between(counted[f"{name} few"], counted[f"{name} many"]) for name in few}


def run_gates(text: str, commands: Sequence[str], yosys: Yosys) -> dict[str, Any]:
    """Return the report of ``stat -json`` after ``commands`` on the Verilog ``text``.

    Raises
    ------
    InputError
        Yosys fails; the line is its own.
    """
    with tempfile.TemporaryDirectory(prefix="bayescim-compare-") as name:
        directory = Path(name)
        (directory / "design.v").write_text(text, encoding="utf-8")
        script = ("read_verilog design.v", *commands, f"tee -q -o stat.json stat {GATES.statistics} -json")
        log = run_script(directory, "gates", script, yosys=yosys)
        found = complaint(log)
        if found is not None or not (directory / "stat.json").exists():
            raise InputError(f"synthesis of blocks failed: {found}")
        content: dict[str, Any] = json.loads((directory / "stat.json").read_text(encoding="utf-8"))
        return content
