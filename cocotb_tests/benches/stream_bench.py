"""Bench of a block with two streams."""

import random
from collections.abc import Callable, Iterable
from typing import Any

from amaranth.hdl import ShapeLike

from ..agents.agents import StreamDriver, StreamMonitor, StreamSink
from ..agents.clocking import reset, start_clock
from ..agents.scoreboard import Scoreboard
from ..agents.stalls import Stalls

__all__ = ["StreamBench"]


class StreamBench:
    """Clock, driver, sink, monitors and scoreboard.

    The model gets the beats that the input monitor saw.

    Parameters
    ----------
    dut
        Block under test.
    shapes
        Shapes of the input and of the output stream.
    model
        Returns the beats to expect for a beat that was taken.
    rng
        Source of the stalls.
    source, sink
        Stalls of the driver and the sink.
    names
        Names of the two streams.
    scoreboard
        Scoreboard of the output, by default in order.
    """

    def __init__(
        self,
        dut: Any,
        shapes: tuple[ShapeLike, ShapeLike],
        model: Callable[[Any], Iterable[Any]],
        *,
        rng: random.Random,
        source: Stalls = Stalls.NEVER,
        sink: Stalls = Stalls.NEVER,
        names: tuple[str, str] = ("i", "o"),
        scoreboard: type[Scoreboard] = Scoreboard,
    ):
        start_clock(dut)
        self._dut = dut
        self.scoreboard = scoreboard(dut, names[1])
        self.driver = StreamDriver(dut, names[0], shapes[0], source.pattern(rng))
        self.sink = StreamSink(dut, names[1], sink.pattern(rng))
        self.taken = StreamMonitor(dut, names[0], shapes[0], lambda beat: self.scoreboard.expect(*model(beat)))
        self.given = StreamMonitor(dut, names[1], shapes[1], self.scoreboard.observe)

    async def reset(self) -> None:
        """Reset the block, whatever it is doing, and expect nothing of what it had."""
        self.driver.idle()
        await reset(self._dut)
        self.scoreboard.forget()
