"""Drivers, sinks and monitors of streams."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import cocotb
from amaranth.hdl import ShapeLike
from cocotb.task import Task
from cocotb.triggers import FallingEdge, ReadOnly

from .beats import pack, unpack
from .clocking import cycle

__all__ = ["StreamDriver", "StreamMonitor", "StreamSink"]


class StreamDriver:
    """Driver of one stream.

    It keeps to the stream rules. Call on a falling edge.

    Parameters
    ----------
    dut
        Block under test.
    name
        Name of the stream among its ports.
    shape
        Shape of the payload.
    stalls
        When to pause, cycle by cycle.
    """

    def __init__(self, dut: Any, name: str, shape: ShapeLike, stalls: Iterator[bool]):
        self._clk = dut.clk
        self._payload = dut[f"{name}__payload"]
        self._valid = dut[f"{name}__valid"]
        self._ready = dut[f"{name}__ready"]
        self._shape = shape
        self._stalls = stalls
        self.idle()

    def idle(self) -> None:
        """Offer nothing, as after a reset."""
        self._valid.value = 0
        self._payload.value = 0

    async def send(self, beat: Any) -> None:
        """Offer ``beat`` after the pause that is due and return once it is taken."""
        while next(self._stalls):
            await FallingEdge(self._clk)
        self._payload.value = pack(self._shape, beat)
        self._valid.value = 1
        taken = False
        while not taken:
            await ReadOnly()
            taken = bool(self._ready.value)
            await FallingEdge(self._clk)
        self._valid.value = 0

    async def send_all(self, beats: Iterable[Any]) -> None:
        """Send ``beats`` one after the other."""
        for beat in beats:
            await self.send(beat)


class StreamSink:
    """Sink of one stream, ready except when it stalls."""

    def __init__(self, dut: Any, name: str, stalls: Iterator[bool]):
        self._clk = dut.clk
        self._ready = dut[f"{name}__ready"]
        self._stalls = stalls
        self._ready.value = 0
        self._task: Task = cocotb.start_soon(self._run())

    async def _run(self) -> None:
        while True:
            await FallingEdge(self._clk)
            self._ready.value = not next(self._stalls)


class StreamMonitor:
    """Passive monitor of one stream and its rules.

    It reports every transfer. Once valid, a beat must stay and must not change until it is taken. An unknown bit is an
    error, never a zero.

    Parameters
    ----------
    dut, name, shape
        As of :class:`StreamDriver`.
    on_beat
        Called with every beat that is taken.
    revoke
        Port that, while it is 1, may take a waiting beat back.
    """

    def __init__(
        self, dut: Any, name: str, shape: ShapeLike, on_beat: Callable[[Any], None], *, revoke: str | None = None
    ):
        self._dut = dut
        self._name = name
        self._shape = shape
        self._on_beat = on_beat
        self._revoke = dut[revoke] if revoke is not None else None
        self.cycles: list[int] = []
        """Cycles in which a beat was taken."""
        self._task: Task = cocotb.start_soon(self._run())

    async def _run(self) -> None:
        dut, name = self._dut, self._name
        payload, valid, ready = dut[f"{name}__payload"], dut[f"{name}__valid"], dut[f"{name}__ready"]
        waiting: int | None = None
        while True:
            await FallingEdge(dut.clk)
            await ReadOnly()
            if dut.rst.value:
                waiting = None
                continue
            # Raises on an unknown bit.
            offered = int(payload.value) if bool(valid.value) else None
            assert waiting is None or offered == waiting, f"{name}: {waiting:#x} was not taken, then came {offered!r}"
            if offered is None or not bool(ready.value):
                waiting = None if self._revoke is not None and self._revoke.value else offered
            else:
                waiting = None
                self.cycles.append(cycle())
                self._on_beat(unpack(self._shape, offered))
