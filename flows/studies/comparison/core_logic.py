"""Logic of a core's other blocks.

All logic but that of arrays, accumulators and neurons.
"""

import re
from collections.abc import Mapping

from hdl.axi import AxiCore
from hdl.config import CoreConfig
from hdl.verilog import Hierarchy, to_verilog

from ...base.yosys import Yosys
from ...synthesis.area import area_by_block, area_rows
from ...synthesis.targets import GATES, Target
from ...synthesis.verilog_modules import Design
from .logic import NAND2, Logic, run_gates

__all__ = ["rest_of_core"]

#: Blocks that are measured by themselves, with few lanes.
_APART = r"*.array_* *.accumulator *.neuron_*"

_TOP = "core"

_FLIP_FLOPS = "$_DFF_P_"

#: Each generic gate a kind of its own.
_CELLS = Target(
    name="cells",
    title="generic gates, one by one",
    script=GATES.script,
    statistics=GATES.statistics,
    kinds={cell: re.escape(cell) for cell in (*NAND2, _FLIP_FLOPS)},
)


def rest_of_core(config: CoreConfig, *, yosys: Yosys) -> Mapping[str, Logic]:
    """Return the logic of each block of the exported core for ``config`` but arrays, accumulators and neurons.

    Raises
    ------
    InputError
        Yosys fails; the line is its own.
    """
    core = AxiCore(config)
    design = Design(to_verilog(core, _TOP), _TOP)
    commands = (
        f"hierarchy -check -top {_TOP}",
        f"blackbox {_APART}",
        *(command.format(top=_TOP) for command in GATES.script),
    )
    stat = run_gates(design.verilog, commands, yosys)
    found = {
        f"{room}: {block}": Logic.of({cell: count for cell, count in kinds.items() if cell in _CELLS.kinds})
        for room, block, kinds in area_rows(area_by_block(design, stat, _CELLS, Hierarchy(core)))
    }
    return {block: logic for block, logic in found.items() if logic.gates or logic.flip_flops}
