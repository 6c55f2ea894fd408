"""Bench of blocks that repeat counts."""

import abc
import itertools
from typing import Any, ClassVar

import cocotb
from cocotb.task import Task
from cocotb.triggers import FallingEdge

from hdl.streams import Counts

from ..agents.agents import StreamDriver, StreamMonitor, StreamSink
from ..agents.clocking import cycles, reset, start_clock
from ..agents.parameters import Parameters
from ..agents.port_monitor import PortMonitor, drive
from ..agents.stalls import Stalls

__all__ = ["RepeatBench"]

#: Cycles after the last expected beat in which a surplus one would still be noticed.
_GRACE = 20


class RepeatBench(abc.ABC):
    """Drivers of counts and masks, a sink, and monitors.

    Parameters
    ----------
    dut
        Block under test: the first layer's counts go in once, and come out with a mask for every pass.
    source, sink
        Stalls of the drivers and the sink.
    """

    #: Port that is checked beside ``demand`` in every cycle.
    watched: ClassVar[str]

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self.layer = self.config.layers[0]
        self.rng = parameters.rng(source, sink)
        self.passes = 1
        self._masking: Task | None = None
        start_clock(dut)
        shape = Counts(self.config, self.layer)
        self.driver = StreamDriver(dut, "i", shape, source.pattern(self.rng))
        self.counts: list[dict[str, Any]] = []
        self.masks: list[int] = []
        self.given: list[dict[str, Any]] = []
        StreamSink(dut, "o", sink.pattern(self.rng))
        self.taken = StreamMonitor(dut, "i", shape, self.counts.append)
        self.monitor = StreamMonitor(dut, "o", shape, self.given.append)
        if self.config.stochastic.mask_width:
            self.mask_driver = StreamDriver(dut, "mask", self.config.stochastic.mask_width, source.pattern(self.rng))
            self.masked = StreamMonitor(dut, "mask", self.config.stochastic.mask_width, self.masks.append)
            PortMonitor(dut, ["demand", self.watched], self._look)

    async def reset(self, passes: int) -> None:
        """Reset with another number of passes."""
        self.passes = passes
        drive(self.dut, passes=passes)
        self.driver.idle()
        if self._masking is not None:
            self._masking.cancel()
        if self.config.stochastic.mask_width:
            self.mask_driver.idle()
            self.masked.cycles.clear()
        await reset(self.dut)
        # The passes are known a cycle before the first counts.
        await cycles(self.dut, 1)
        for seen in (self.counts, self.masks, self.given, self.taken.cycles, self.monitor.cycles):
            seen.clear()

    async def send(self, inputs: int) -> None:
        """Send random counts with random tags, which must not matter, and more masks than they need."""
        rng = self.rng
        if self.config.stochastic.mask_width:
            masks = (rng.getrandbits(self.config.stochastic.mask_width) for _ in range(inputs * self.passes + 1))
            self._masking = cocotb.start_soon(self.mask_driver.send_all(masks))
        for _ in range(inputs * self.layer.beats):
            planes = [rng.getrandbits(self.layer.beat_outputs) for _ in range(self.layer.count_width)]
            tag = {"mask": rng.getrandbits(self.config.stochastic.mask_width), "last": rng.getrandbits(1)}
            await self.driver.send({"planes": planes, "tag": tag})

    async def finish(self, inputs: int) -> None:
        """Wait for all passes of ``inputs`` inputs and compare with the counts and masks that were taken."""
        size = self.layer.beats
        while len(self.given) < inputs * self.passes * size:
            await FallingEdge(self.dut.clk)
        await cycles(self.dut, _GRACE)
        assert len(self.counts) == inputs * size
        if self.config.stochastic.mask_width:
            assert len(self.masks) == inputs * self.passes, "one mask for each pass"
        expected = [
            {
                "planes": self.counts[index * size + position]["planes"],
                "tag": {
                    "mask": self.masks[index * self.passes + number] if self.masks else 0,
                    "last": int(number == self.passes - 1),
                },
            }
            for index, number, position in itertools.product(range(inputs), range(self.passes), range(size))
        ]
        assert self.given == expected

    @abc.abstractmethod
    def may_be(self, demand: bool, watched: bool) -> bool:
        """Return whether the two ports may be so in one cycle."""

    def _look(self, ports: dict[str, int]) -> None:
        assert self.may_be(bool(ports["demand"]), bool(ports[self.watched])), (
            f"a mask is wanted at the wrong time: {ports}"
        )
