"""Testbench of :class:`hdl.frame_repeater.FrameRepeater`."""

import itertools
from typing import Any

import cocotb
from cocotb.task import Task
from cocotb.triggers import FallingEdge

from cocotb_tests.agents import StreamDriver, StreamMonitor, StreamSink
from cocotb_tests.clocking import cycles, reset, start_clock
from cocotb_tests.parameters import Parameters
from cocotb_tests.port_monitor import PortMonitor, drive
from cocotb_tests.stalls import Stalls
from cocotb_tests.testcase import testcase
from hdl.layouts import Counts

_IMAGES = 3

#: Cycles after the last expected beat in which a surplus one would still be noticed.
_GRACE = 20


class _Bench:
    """Drivers of counts and masks, a sink, and what the monitors saw on all three."""

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
        if self.config.mask_width:
            self.mask_driver = StreamDriver(dut, "mask", self.config.mask_width, source.pattern(self.rng))
            self.masked = StreamMonitor(dut, "mask", self.config.mask_width, self.masks.append)
            PortMonitor(dut, ["demand", "mask__ready"], self._demand)

    async def reset(self, passes: int) -> None:
        """Reset with another number of passes."""
        self.passes = passes
        drive(self.dut, passes=passes)
        self.driver.idle()
        if self._masking is not None:
            self._masking.cancel()
        if self.config.mask_width:
            self.mask_driver.idle()
            self.masked.cycles.clear()
        await reset(self.dut)
        # The passes are known a cycle before the first counts.
        await cycles(self.dut, 1)
        for seen in (self.counts, self.masks, self.given, self.taken.cycles, self.monitor.cycles):
            seen.clear()

    async def send(self, images: int) -> None:
        """Send random counts with random tags, which must not matter, and more masks than they need."""
        rng = self.rng
        if self.config.mask_width:
            masks = (rng.getrandbits(self.config.mask_width) for _ in range(images * self.passes + 1))
            self._masking = cocotb.start_soon(self.mask_driver.send_all(masks))
        for _ in range(images * self.layer.vectors):
            planes = [rng.getrandbits(self.layer.outputs) for _ in range(self.layer.count_width)]
            tag = {"mask": rng.getrandbits(self.config.mask_width), "last": rng.getrandbits(1)}
            await self.driver.send({"planes": planes, "tag": tag})

    async def finish(self, images: int) -> None:
        """Wait for all passes of ``images`` images and compare with the counts and masks that were taken."""
        size = self.layer.vectors
        while len(self.given) < images * self.passes * size:
            await FallingEdge(self.dut.clk)
        await cycles(self.dut, _GRACE)
        assert len(self.counts) == images * size
        if self.config.mask_width:
            assert len(self.masks) == images * self.passes, "one mask for each pass"
        expected = [
            {
                "planes": self.counts[image * size + position]["planes"],
                "tag": {
                    "mask": self.masks[image * self.passes + number] if self.masks else 0,
                    "last": int(number == self.passes - 1),
                },
            }
            for image, number, position in itertools.product(range(images), range(self.passes), range(size))
        ]
        assert self.given == expected

    def _demand(self, ports: dict[str, int]) -> None:
        assert ports["demand"] or not ports["mask__ready"], "a mask is taken only while it is wanted"


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def every_pass_has_its_mask(dut: Any, source: Stalls, sink: Stalls) -> None:
    """For one pass, the most and any number; without stalls a position a cycle from two cycles after the first."""
    bench = _Bench(dut, source, sink)
    most = bench.config.bayes.max_passes
    for passes in sorted({1, most, bench.rng.randint(1, most)}):
        await bench.reset(passes)
        await bench.send(_IMAGES)
        await bench.finish(_IMAGES)
        if source is sink is Stalls.NEVER:
            start = bench.taken.cycles[0] + 2
            assert bench.monitor.cycles == list(range(start, start + len(bench.given)))


@testcase()
async def a_reset_begins_with_the_first_pass(dut: Any) -> None:
    """Wherever the counters were."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    most = bench.config.bayes.max_passes
    for _ in range(6):
        await bench.reset(most)
        sending = cocotb.start_soon(bench.send(2))
        await cycles(dut, bench.rng.randint(1, 2 * most * bench.layer.vectors))
        sending.cancel()
    await bench.reset(most)
    await bench.send(_IMAGES)
    await bench.finish(_IMAGES)
