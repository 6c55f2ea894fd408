"""Monitor of plain ports."""

from collections.abc import Callable, Iterable
from typing import Any

import cocotb
from cocotb.task import Task
from cocotb.triggers import FallingEdge, ReadOnly

__all__ = ["PortMonitor", "drive"]


class PortMonitor:
    """Passive monitor of plain ports, outside reset.

    It reports the ports in every cycle.

    Parameters
    ----------
    dut
        Block under test.
    names
        Ports. An unknown bit in one of them is an error.
    on_cycle
        Called with the integer on each port.
    """

    def __init__(self, dut: Any, names: Iterable[str], on_cycle: Callable[[dict[str, int]], None]):
        self._dut = dut
        self._ports = {name: dut[name] for name in names}
        self._on_cycle = on_cycle
        self._task: Task = cocotb.start_soon(self._run())

    async def _run(self) -> None:
        while True:
            await FallingEdge(self._dut.clk)
            await ReadOnly()
            if not self._dut.rst.value:
                self._on_cycle({name: int(port.value) for name, port in self._ports.items()})


def drive(dut: Any, **values: int) -> None:
    """Put integers on ports, from the next moment on."""
    for name, value in values.items():
        dut[name].value = value
