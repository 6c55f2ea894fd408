"""Bench of a block that takes pixels."""

from collections.abc import Callable, Iterable
from typing import Any

from hdl.streams import PixelBeat

from ..agents.agents import StreamDriver, StreamMonitor
from ..agents.clocking import reset, start_clock
from ..agents.parameters import Parameters
from ..agents.port_monitor import PortMonitor, drive
from ..agents.scoreboard import Scoreboard
from ..agents.stalls import Stalls

__all__ = ["PixelBench"]


class PixelBench:
    """Clock, driver, monitor and scoreboard.

    Expectations come from the pixels that the input monitor saw.

    Parameters
    ----------
    dut
        Block under test, which counts in ``started`` the inputs that it begins to give.
    model
        Returns the expected beats for the pixels of an input, the unused ones of its last beat among them.
    source
        Stalls of the driver.
    sink
        Stalls of the sink, for benches that add one.
    """

    def __init__(self, dut: Any, model: Callable[[list[int]], Iterable[Any]], source: Stalls, sink: Stalls):
        start_clock(dut)
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self.rng = parameters.rng(source, sink)
        self.pixels: list[int] = []
        self.scoreboard = Scoreboard(dut)
        self.started = 0
        self._model = model
        drive(dut, enable=1, discard=0)
        shape = PixelBeat(self.config)
        self.driver = StreamDriver(dut, "i", shape, source.pattern(self.rng))
        self.taken = StreamMonitor(dut, "i", shape, self._take)
        PortMonitor(dut, ["started"], self._count)

    async def reset(self) -> None:
        """Reset, whatever the buffer is doing."""
        self.driver.idle()
        drive(self.dut, discard=0)
        await reset(self.dut)
        self.scoreboard.forget()
        self.pixels.clear()

    async def send(self, beats: int) -> None:
        """Send random pixels, in all places of each beat."""
        highest = self.config.layers[0].plane_gain
        for _ in range(beats):
            await self.driver.send(
                {"pixels": [self.rng.randint(0, highest) for _ in range(self.config.ports.pixels_per_beat)]}
            )

    def _take(self, beat: dict[str, list[int]]) -> None:
        self.pixels += beat["pixels"]
        if len(self.pixels) == self.config.beats_per_input * self.config.ports.pixels_per_beat:
            self.scoreboard.expect(*self._model(self.pixels))
            self.pixels.clear()

    def _count(self, ports: dict[str, int]) -> None:
        self.started += ports["started"]
