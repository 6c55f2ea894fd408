"""Testbench of :class:`hdl.crossbar.macro.ReferenceSearch`: columns of phase-change memory."""

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

#: A day, s.
_AGE = 86400.0


@testcase()
async def codes_are_those_of_golden(dut: Any) -> None:
    """Of one aged chip after the other, for targets near to its counts and at both ends, and after as many cycles."""
    parameters = Parameters.load()
    config, rng = parameters.core, parameters.rng()
    macro, layer, latency = config.macro, config.layers[0], parameters.values["latency"]
    assert macro is not None, "the configuration has no macros"
    cols, shared = layer.cols, macro.reference == "global"
    lanes = 1 if shared else cols
    reads, lines = macro.calibration_reads * layer.groups, layer.rows_per_read
    drive(dut, start=0, **{f"target__{bit}": 0 for bit in range(config.sensing.target_width(layer))})
    start_clock(dut)
    await reset(dut)
    found = set()
    for chip in range(_CHIPS):
        array, twin = (MacroArray(config, layer, 0, chip_cells(chip)) for _ in range(2))
        for each in (array, twin):
            for row in range(layer.groups * lines):
                levels = torch.full((cols,), (row + chip) % (1 << layer.weight_bits))
                each.pulse(*divmod(row, lines), torch.ones(cols).bool(), levels)
            each.age(_AGE)

        def ones(group: int, codes: torch.Tensor, array: MacroArray) -> torch.Tensor:
            held = layer.driven_lines(0, group)
            return array.read(group, codes)[:held].sum(dim=0, dtype=torch.int64)

        def count(codes: torch.Tensor, twin: MacroArray = twin) -> torch.Tensor:
            found = torch.zeros(cols, dtype=torch.int64)
            for read in range(reads):
                found += ones(read % layer.groups, codes, twin)
            return found.sum(dim=0, keepdim=True) if shared else found

        most = config.sensing.known_count(layer)
        targets = [rng.choice((0, most // 2, rng.randint(0, most), most)) for _ in range(cols)]
        if shared:
            targets = [sum(targets)]
        wanted = search_reference(count, torch.tensor(targets), macro.reference_bits).tolist()
        planes = to_planes(targets, config.sensing.target_width(layer))
        drive(dut, start=1, **{f"target__{bit}": plane for bit, plane in enumerate(planes)})
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
        assert codes == wanted
        assert groups == [read % layer.groups for read in range(reads)] * macro.reference_bits
        assert cycle() - started == 1 + macro.reference_bits * (reads + latency + 3 + cols * shared)
        found.update(codes)
        await FallingEdge(dut.clk)
    assert len(found) > 1, "every search found the same"
