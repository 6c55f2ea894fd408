"""Agent of the row port."""

import dataclasses
import random
from typing import Any

from amaranth import Shape

from hdl.config import CoreConfig
from hdl.contract import Row
from hdl.streams import RowAddress, RowCommand, RowReply

from .agents import StreamDriver, StreamMonitor, StreamSink
from .stalls import Stalls

__all__ = ["RowPort", "missing_rows"]


class RowPort:
    """Agent of the ports `command` and `reply`.

    It programs and reads back rows of a crossbar or of neurons.

    Parameters
    ----------
    dut
        Block under test.
    config
        Geometry of the core.
    rng
        Source of the stalls.
    stalls
        When both sides pause.
    """

    def __init__(self, dut: Any, config: CoreConfig, rng: random.Random, stalls: Stalls = Stalls.NEVER):
        self._config = config
        self._driver = StreamDriver(dut, "command", RowCommand(config), stalls.pattern(rng))
        self._sink = StreamSink(dut, "reply", stalls.pattern(rng))
        self._replies: list[dict[str, int]] = []
        self._monitor = StreamMonitor(dut, "reply", RowReply(config), self._replies.append)
        self.done = 0
        """Number of commands that were answered."""

    @property
    def answered(self) -> int:
        """Number of replies, also to commands that a reset interrupted."""
        return len(self._replies)

    @property
    def cycles(self) -> list[int]:
        """Cycles in which the replies were taken."""
        return self._monitor.cycles

    def idle(self) -> None:
        """Offer nothing, as after a reset."""
        self._driver.idle()

    async def program(self, row: Row) -> dict[str, int]:
        """Write a row and return the reply."""
        return await self._command(row, write=1)

    async def read(self, row: Row) -> dict[str, int]:
        """Read the row at the address of ``row`` and return the reply."""
        return await self._command(row, write=0)

    async def _command(self, row: Row, *, write: int) -> dict[str, int]:
        address = {
            "line": row.line,
            "group": row.group,
            "tile": row.tile,
            "thresholds": int(row.thresholds),
            "layer": row.layer,
        }
        beat = {"address": address, "write": write, "row": row.bits if write else 0}
        await self._driver.send(beat | ({} if self._config.macro is None else {"calibrate": 0}))
        # A command is taken when its reply is.
        assert len(self._replies) == self.done + 1, f"{len(self._replies)} replies to {self.done + 1} commands"
        self.done += 1
        return {name: self._replies[-1][name] for name in ("row", "error")}


def missing_rows(config: CoreConfig, row: Row, tiles: int, groups: int, lines: int) -> list[Row]:
    """Return addresses of the same store as ``row`` that can be encoded but do not exist.

    There are ``tiles`` stores of ``groups`` times ``lines`` rows.
    """
    members = RowAddress(config).members
    missing = []
    for field, size in (("tile", tiles), ("group", groups), ("line", lines)):
        beyond = range(size, 2 ** Shape.cast(members[field]).width)
        missing += [dataclasses.replace(row, **{field: index}) for index in {*beyond[:1], *beyond[-1:]}]
    return missing
