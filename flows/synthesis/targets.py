"""Targets of synthesis and their cells."""

import dataclasses
import re
from collections.abc import Mapping
from pathlib import Path

__all__ = ["CELLS", "GATES", "TARGETS", "Target", "liberty_target"]

#: Directory of the files with cells of targets.
CELLS = Path(__file__).parent / "cells"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Target:
    """Family of devices, or a cell library."""

    name: str
    """Name in commands and products."""

    title: str
    """Title for tables, with the omissions of its figures."""

    script: tuple[str, ...]
    """Yosys commands from the elaborated design to mapped cells; ``{top}`` is the name of the top."""

    statistics: str
    """Options of the command that counts cells."""

    cells: tuple[str, ...] = ()
    """Files in ``flows/cells`` with the target's own modules for :class:`hdl.verilog.ColumnCells`."""

    kinds: Mapping[str, str]
    """Kinds of cells, as regular expressions for the whole name of a cell. The first match counts it."""

    def kind(self, cell: str) -> str | None:
        """Return the kind of a cell, or None for wiring, which occupies nothing."""
        if re.fullmatch(_UNCOUNTED, cell):
            return None
        return next((kind for kind, pattern in self.kinds.items() if re.fullmatch(pattern, cell)), "other cells")


#: Ports of memories, which are counted in bits, and cells that only carry names.
_UNCOUNTED = r"\$mem(rd|wr|init)(_v2)?|\$scopeinfo"

#: Logic to mapped gates, memories unmapped: how bits are stored is a choice of the technology.
_LOGIC = (
    "synth -top {top} -run begin:fine",
    "opt -fast -full",
    "opt -undriven -fine",
    "techmap",
    "opt -fast",
    # Enables and resets as logic, so that every flip-flop is the same cell and is in the estimate.
    "dfflegalize -cell $_DFF_P_ 01 -cell $_DFF_PP0_ 01 -cell $_DFF_PP1_ 01",
)
_MEMORIES_AS_BITS = ("memory_unpack", "opt_clean")

GATES = Target(
    name="gates",
    title="generic gates; memories as bits",
    script=(*_LOGIC, "abc -g AND,NAND,OR,NOR,XOR,XNOR,MUX,AOI3,OAI3,AOI4,OAI4", "opt_clean", *_MEMORIES_AS_BITS),
    statistics="-tech cmos",
    kinds={"flip-flops": r"\$_S?(DFF|DFFE|SDFF|SDFFE|SDFFCE|ALDFF|DLATCH|DFFSR)\w*_", "gates": r"\$_\w+_"},
)

#: All targets by name, in the order of tables.
TARGETS: Mapping[str, Target] = {
    target.name: target
    for target in (
        Target(
            name="ice40",
            title="Lattice iCE40",
            script=("synth_ice40 -noflatten -top {top}",),
            cells=("adder.v", "ice40.v"),
            statistics="",
            kinds={
                "LUTs": "SB_LUT4",
                "flip-flops": r"SB_DFF\w*",
                "carries": "SB_CARRY",
                "block RAMs": r"SB_RAM40_4K\w*",
                "DSPs": "SB_MAC16",
            },
        ),
        Target(
            name="ecp5",
            title="Lattice ECP5",
            # Multiplexers of the slices would be counted as LUTs twice: once in each half.
            script=("synth_ecp5 -nowidelut -noflatten -top {top}",),
            cells=("adder.v", "ecp5.v"),
            statistics="",
            kinds={
                "LUTs": "LUT4",
                "flip-flops": "TRELLIS_FF",
                "carries": "CCU2C",
                "LUT RAMs": "TRELLIS_DPR16X4",
                "block RAMs": "DP16KD|PDPW16KD",
                "DSPs": r"MULT18X18D|ALU54B",
            },
        ),
        Target(
            name="xilinx",
            title="Xilinx 7 series",
            # The ports are not pins: the core is part of a design.
            script=("synth_xilinx -family xc7 -noiopad -noclkbuf -top {top}",),
            cells=("adder.v", "xilinx.v"),
            statistics="",
            kinds={
                "LUTs": r"LUT\d|LUT6_2|INV",
                "flip-flops": r"FD[CPRS]E\w*",
                "carries": "CARRY4",
                "wide muxes": r"MUXF\d",
                "LUT RAMs": r"RAM\d+\w*|SRL\w+",
                "block RAMs": r"RAMB\w+",
                "DSPs": r"DSP48E1",
            },
        ),
        GATES,
    )
}


def liberty_target(file: str) -> Target:
    """Return the target of a cell library, the Liberty file of that name."""
    return Target(
        name="liberty",
        title="cell library; memories as bits",
        script=(*_LOGIC, f"dfflibmap -liberty {file}", f"abc -liberty {file}", "opt_clean", *_MEMORIES_AS_BITS),
        statistics=f"-liberty {file}",
        kinds={"cells": r"[^$].*"},
    )
