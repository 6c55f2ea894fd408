"""Agent of the register port."""

import random
from collections.abc import Iterable
from typing import Any

from cocotb.triggers import FallingEdge

from hdl.contract import Command, Register, Row, row_words, row_writes
from hdl.control import BusReply, BusRequest

from .agents import StreamDriver, StreamMonitor, StreamSink
from .parameters import Parameters
from .stalls import Stalls

__all__ = ["RegisterPort"]

#: Bit of `Register.STATUS`.
_BUSY = 1 << 0

#: Bit of `Register.ERRORS`.
_VERIFY = 1 << 1

_WORD = 32
_ALL_BYTES = 0b1111


class RegisterPort:
    """Agent of the ports `request` and `answer`.

    Parameters
    ----------
    dut
        Block under test.
    parameters
        Supplies the configuration.
    rng
        Source of the stalls.
    stalls
        When both sides pause.
    """

    def __init__(self, dut: Any, parameters: Parameters, rng: random.Random, stalls: Stalls = Stalls.NEVER):
        self._clk = dut.clk
        self._words = row_words(parameters.core)
        self._driver = StreamDriver(dut, "request", BusRequest(), stalls.pattern(rng))
        self._sink = StreamSink(dut, "answer", stalls.pattern(rng))
        self._answers: list[dict[str, int]] = []
        self._monitor = StreamMonitor(dut, "answer", BusReply(), self._answers.append)
        self.accesses = 0
        """Number of accesses that were answered."""

    def idle(self) -> None:
        """Offer nothing, as after a reset."""
        self._driver.idle()
        self._answers.clear()
        self.accesses = 0

    async def access(self, address: int, *, write: int = 0, data: int = 0, strobe: int = _ALL_BYTES) -> dict[str, int]:
        """Make an access, allowed or not, and return its answer."""
        await self._driver.send({"address": address, "write": write, "data": data, "strobe": strobe})
        # A request is taken when its answer is.
        self.accesses += 1
        assert len(self._answers) == self.accesses, f"{len(self._answers)} answers to {self.accesses} requests"
        return self._answers[-1]

    async def read(self, address: int) -> int:
        """Return the value of a register."""
        answer = await self.access(address)
        assert not answer["error"], f"reading register {address:#04x} was refused"
        return answer["data"]

    async def write(self, address: int, value: int) -> None:
        """Write a register."""
        answer = await self.access(address, write=1, data=value)
        assert answer == {"data": 0, "error": 0}, f"writing {value:#x} to register {address:#04x} gave {answer}"

    async def write_all(self, writes: Iterable[tuple[int, int]]) -> None:
        """Write registers, given as (address, value)."""
        for address, value in writes:
            await self.write(address, value)

    async def disable(self) -> None:
        """Start no further input, and wait until those in flight are finished."""
        await self.write(Register.CONTROL, 0)
        while await self.read(Register.STATUS) & _BUSY:
            await FallingEdge(self._clk)

    async def enable(self) -> None:
        """Enable the start of inputs."""
        await self.write(Register.CONTROL, 1)

    async def program_row(self, row: Row) -> None:
        """Write a row."""
        await self.write_all(row_writes(row, Command.PROGRAM, self._words))

    async def read_row(self, row: Row) -> int:
        """Return the bits that are stored at the address of ``row``."""
        await self.write_all(row_writes(row, Command.READ, self._words))
        return sum([await self.read(Register.DATA) << _WORD * word for word in range(self._words)])

    async def row_verifies(self, row: Row) -> bool:
        """Have the core compare a row, and clear the status bit."""
        await self.write_all(row_writes(row, Command.VERIFY, self._words))
        failed = await self.read(Register.ERRORS) & _VERIFY
        await self.write(Register.ERRORS, _VERIFY)
        assert not await self.read(Register.ERRORS) & _VERIFY, "the flag was not cleared"
        return not failed
