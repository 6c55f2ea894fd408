"""Testbench of :class:`hdl.passes.PassCounter`."""

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import cycles, reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase

_INPUTS = 16


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def the_last_pass_is_told(dut: Any, stalls: Stalls) -> None:
    """Of inputs with one pass, the most and any number, whatever the one before had; also after a reset."""
    parameters = Parameters.load()
    rng, most = parameters.rng(stalls), parameters.core.bayes.max_passes
    pauses = stalls.pattern(rng)
    start_clock(dut)
    drive(dut, step=0, passes=1)
    told = 0
    for _ in range(2):
        await reset(dut)
        for passes in [1, most, 1, *(rng.randint(1, most) for _ in range(_INPUTS))]:
            drive(dut, passes=passes)
            await FallingEdge(dut.clk)
            for number in range(1, passes + 1):
                while next(pauses):
                    await FallingEdge(dut.clk)
                drive(dut, step=1)
                await ReadOnly()
                assert bool(dut.last.value) == (number == passes), f"pass {number} of {passes}"
                told += 1
                await FallingEdge(dut.clk)
                drive(dut, step=0)
        drive(dut, passes=most, step=1)
        await cycles(dut, rng.randint(1, most))
        drive(dut, step=0)
    assert told >= 2 * _INPUTS
