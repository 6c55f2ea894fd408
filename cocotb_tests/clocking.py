"""Clock and reset of a block under test.

Everything is driven and sampled around the falling edge, where nothing moves. Just after a rising edge the simulators
differ: registers are still old in Icarus and already new in Verilator.
"""

from typing import Any

from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, ReadOnly
from cocotb.utils import get_sim_time

__all__ = ["PERIOD", "UNIT", "cycle", "cycles", "reset", "settled", "start_clock"]

#: Duration of a cycle, in :data:`UNIT`.
PERIOD = 10
UNIT = "ns"


def start_clock(dut: Any) -> None:
    """Start the clock, with reset inactive."""
    dut.rst.value = 0
    Clock(dut.clk, PERIOD, unit=UNIT).start()


async def reset(dut: Any, length: int = 1) -> None:
    """Hold reset for ``length`` cycles. Returns on a falling edge, like everything here."""
    await FallingEdge(dut.clk)
    dut.rst.value = 1
    await cycles(dut, length)
    dut.rst.value = 0


async def cycles(dut: Any, count: int = 1) -> None:
    """Wait until ``count`` falling edges have passed."""
    for _ in range(count):
        await FallingEdge(dut.clk)


async def settled(dut: Any) -> None:
    """Wait until what was driven on this falling edge has settled; nothing can be driven until the next."""
    await ReadOnly()


def cycle() -> int:
    """Return the number of the current cycle."""
    return int(get_sim_time(UNIT) // PERIOD)
