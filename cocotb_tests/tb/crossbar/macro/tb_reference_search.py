"""Testbench of :class:`hdl.crossbar.macro.ReferenceSearch`: reference cells of phase-change memory."""

from typing import Any

import torch
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import cycle, reset, start_clock
from cocotb_tests.agents.lanes import to_lanes, to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.macro_bench import chip_cells
from golden.arrays import MacroArray, search_reference

_CHIPS = 4


@testcase()
async def codes_are_those_of_golden(dut: Any) -> None:
    """Of the reference cells of one chip after the other, on all word lines and on some, and after as many cycles."""
    parameters = Parameters.load()
    config, rng = parameters.core, parameters.rng()
    macro, layer, latency = config.macro, config.layers[0], parameters.values["latency"]
    assert macro is not None, "the configuration has no macros"
    cols, shared = layer.cols, macro.reference == "global"
    lanes = 1 if shared else cols
    reads = macro.reference_reads * macro.reference_groups
    drive(dut, start=0, lines=1)
    start_clock(dut)
    await reset(dut)
    found = set()
    for chip in range(_CHIPS):
        array, twin = (MacroArray(config, layer, 0, chip_cells(chip)) for _ in range(2))
        for each in (array, twin):
            for row in range(macro.reference_groups * layer.rows_per_read):
                group, line = divmod(row, layer.rows_per_read)
                middle = torch.full((cols,), 1 << layer.weight_bits - 1)
                each.pulse(layer.array_groups + group, line, torch.ones(cols).bool(), middle)
        lines = rng.randint(1, layer.rows_per_read)

        def ones(group: int, codes: torch.Tensor, array: MacroArray = twin, lines: int = lines) -> torch.Tensor:
            return array.read(layer.array_groups + group, codes)[:lines].sum(dim=0, dtype=torch.int64)

        wanted = search_reference(ones, cols, lines, macro)
        drive(dut, start=1, lines=lines)
        started = cycle()
        await FallingEdge(dut.clk)
        drive(dut, start=0)
        due: dict[int, list[int]] = {}
        groups = []
        while True:
            shown = due.pop(cycle(), None) or [rng.randint(0, lines) for _ in range(cols)]
            drive(dut, **{f"count__{bit}": word for bit, word in enumerate(to_planes(shown, layer.read_width))})
            await ReadOnly()
            codes = to_lanes([int(dut[f"code__{bit}"].value) for bit in range(macro.reference_bits)], lanes)
            if dut.done.value:
                break
            if dut.read.value:
                groups.append(int(dut.group.value))
                due[cycle() + latency] = ones(groups[-1], torch.tensor(codes), array).tolist()
            await FallingEdge(dut.clk)
        assert codes == wanted.tolist()
        assert groups == [read % macro.reference_groups for read in range(reads)] * macro.reference_bits
        assert cycle() - started == 1 + macro.reference_bits * (reads + latency + 3 + cols * shared)
        found.update(codes)
        await FallingEdge(dut.clk)
    assert len(found) > 1, "every search found the same"
