"""Clock and reset of a block under test.

Everything is driven and sampled around the falling edge, where nothing moves. Just after a rising edge the simulators
differ: registers are still old in Icarus and already new in Verilator.
"""

from typing import Any, Final

from cocotb.clock import Clock
from cocotb.triggers import FallingEdge
from cocotb.utils import get_sim_time

__all__ = ["PERIOD", "UNIT", "cycle", "cycles", "reset", "start_clock"]

#: Duration of a cycle, in :data:`UNIT`.
PERIOD = 10
UNIT: Final = "ns"


def start_clock(dut: Any) -> None:
    """Start the clock, with reset inactive."""
    dut.rst.value = 0
    Clock(dut.clk, PERIOD, unit=UNIT).start()


async def reset(dut: Any, length: int = 1) -> None:
    """Hold reset for ``length`` cycles, from now on. Returns on a falling edge, like everything here."""
    dut.rst.value = 1
    # The first edge may be near where the clock has just been started.
    await cycles(dut, 1 + length)
    dut.rst.value = 0


async def cycles(dut: Any, count: int = 1) -> None:
    """Wait until ``count`` falling edges have passed."""
    for _ in range(count):
        await FallingEdge(dut.clk)


def cycle() -> int:
    """Return the number of the current cycle."""
    return int(get_sim_time(UNIT) // PERIOD)
