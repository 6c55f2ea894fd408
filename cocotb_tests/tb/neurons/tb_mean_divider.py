"""Testbench of :class:`hdl.neurons.MeanDivider`."""

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import cycles, reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase

_DIVISIONS = 30


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def quotients_are_rounded_down(dut: Any, stalls: Stalls) -> None:
    """Ends, multiples and random dividends, one after the other or later; a reset is survived at any moment."""
    parameters = Parameters.load()
    rng = parameters.rng(stalls)
    width, divisor, steps = (parameters.values[name] for name in ("width", "divisor", "cycles"))
    pauses, largest = stalls.pattern(rng), divisor * 2**width - 1
    start_clock(dut)
    drive(dut, start=0, dividend=0)
    await reset(dut)
    drive(dut, start=1, dividend=largest)
    await FallingEdge(dut.clk)
    drive(dut, start=0)
    await cycles(dut, rng.randint(0, width))
    await reset(dut)
    multiples = [divisor * rng.randrange(2**width) for _ in range(4)]
    random = [rng.randint(0, largest) for _ in range(_DIVISIONS)]
    for dividend in [0, largest, *multiples, *(multiple + divisor - 1 for multiple in multiples), *random]:
        drive(dut, start=1, dividend=dividend)
        await FallingEdge(dut.clk)
        drive(dut, start=0, dividend=rng.randint(0, largest))
        for _ in range(steps):
            await ReadOnly()
            assert not dut.ready.value
            await FallingEdge(dut.clk)
        while next(pauses):
            await FallingEdge(dut.clk)
        await ReadOnly()
        assert dut.ready.value
        assert int(dut.quotient.value) == dividend // divisor, f"{dividend} by {divisor}"
        await FallingEdge(dut.clk)
