"""Testbench of :class:`hdl.crossbar.macro.ProgramVerify`: rows of phase-change memory."""

from typing import Any

import cocotb
import torch
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import cycle, reset, start_clock
from cocotb_tests.agents.lanes import to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.macro_bench import chip_cells
from golden.arrays import MacroArray, program_row

_ROWS = 12


@testcase()
@cocotb.parametrize(longest=[0, 3])
async def rows_are_programmed_as_golden_says(dut: Any, longest: int) -> None:
    """Pulses, failures and cycles of one row after the other, some with a stuck cell, pulses of any length."""
    parameters = Parameters.load()
    config, rng = parameters.core, parameters.rng(longest)
    macro, layer, delay = config.macro, config.layers[0], parameters.values["delay"]
    assert macro is not None, "the configuration has no macros"
    cols, bits = layer.cols, layer.weight_bits
    array, twin = (MacroArray(config, layer, 0, chip_cells(longest)) for _ in range(2))
    for each in (array, twin):
        each.stuck[0, 0] = True
    start_clock(dut)
    drive(dut, start=0, busy=0)
    await reset(dut)
    failures = most = 0
    for index in range(_ROWS):
        place = index % 2, index // 2 % layer.rows_per_read
        levels = [rng.choice((0, 2**bits - 1, rng.randrange(2**bits))) for _ in range(cols)]
        levels[0] = 2**bits - 1
        wanted = program_row(_Row(twin, *place), torch.tensor(levels), macro)
        drive(dut, start=1, **{f"target__{plane}": word for plane, word in enumerate(to_planes(levels, bits))})
        started = cycle()
        await FallingEdge(dut.clk)
        drive(dut, start=0)
        pulses = waited = 0
        busy: range | None = None
        due: dict[int, list[int]] = {}
        while True:
            now = cycle()
            shown = due.pop(now, None) or [rng.getrandbits(cols) for _ in range(bits)]
            drive(dut, busy=int(busy is not None and now in busy))
            drive(dut, **{f"sensed__{plane}": word for plane, word in enumerate(shown)})
            await ReadOnly()
            asked = int(dut.pulse.value), int(dut.verify.value)
            assert not (any(asked) and busy is not None and now in busy), "something is asked while a pulse is given"
            if asked[0]:
                pulses += 1
                columns = torch.tensor([int(dut.columns.value) >> lane & 1 for lane in range(cols)]).bool()
                array.pulse(*place, columns, torch.tensor(levels))
                length = rng.randint(0, longest)
                waited += length
                busy = range(now + 1 + delay, now + 1 + delay + length)
            if asked[1]:
                due[now + 1 + delay] = to_planes(array.verify(*place).tolist(), bits)
            if dut.done.value:
                break
            await FallingEdge(dut.clk)
        assert (int(dut.pulses.value), int(dut.failed.value)) == (wanted.pulses, int(wanted.failed.sum()))
        assert cycle() - started == pulses * (5 + 2 * delay) + waited
        failures, most = failures + int(wanted.failed.sum()), max(most, pulses)
        await FallingEdge(dut.clk)
    assert failures, "no cell failed"
    assert most == macro.max_pulses, "no row took all pulses"


class _Row:
    """One word line of an array."""

    def __init__(self, array: MacroArray, group: int, line: int):
        self._array, self._place = array, (group, line)

    def pulse(self, columns: torch.Tensor, levels: torch.Tensor) -> None:
        self._array.pulse(*self._place, columns, levels)

    def verify(self) -> torch.Tensor:
        return self._array.verify(*self._place)
