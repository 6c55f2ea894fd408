"""Testbench of :class:`driver.Driver`.

The checks are those of every transport, with the Verilog of a core.
"""

from typing import Any

import cocotb
from cocotb.task import bridge

from cocotb_tests.agents.axi_transport import AxiTransport
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.benches.driver_suite import SUITE


@cocotb.test(timeout_time=1, timeout_unit="sec")
@cocotb.parametrize(check=list(SUITE), stalls=[Stalls.NEVER, Stalls.OFTEN])
async def driver_works(dut: Any, check: str, stalls: Stalls) -> None:
    """Each check of the suite."""
    parameters = Parameters.load()
    rng = parameters.rng(check, stalls)
    transport = AxiTransport(dut, stalls, rng)
    await transport.reset()
    await bridge(SUITE[check])(transport, parameters.contents, rng)
