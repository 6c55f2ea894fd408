"""Testbench of :class:`hdl.repeater.Repeater`."""

from typing import Any

import cocotb
from cocotb.task import Task

from cocotb_tests.agents import StreamDriver, StreamMonitor, StreamSink
from cocotb_tests.clocking import cycles, reset, start_clock
from cocotb_tests.parameters import Parameters
from cocotb_tests.port_monitor import PortMonitor, drive
from cocotb_tests.stalls import Stalls
from cocotb_tests.testcase import testcase
from hdl.layouts import Counts

_INPUTS = 12


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
        StreamMonitor(dut, "i", shape, self.counts.append)
        self.monitor = StreamMonitor(dut, "o", shape, self.given.append)
        if self.config.mask_width:
            self.mask_driver = StreamDriver(dut, "mask", self.config.mask_width, source.pattern(self.rng))
            StreamMonitor(dut, "mask", self.config.mask_width, self.masks.append)
            PortMonitor(dut, ["demand", "i__valid"], self._demand)

    async def reset(self, passes: int) -> None:
        """Reset with another number of passes."""
        self.passes = passes
        drive(self.dut, passes=passes)
        self.driver.idle()
        if self._masking is not None:
            self._masking.cancel()
        if self.config.mask_width:
            self.mask_driver.idle()
        await reset(self.dut)
        # The passes are known a cycle before the first counts.
        await cycles(self.dut, 1)
        for seen in (self.counts, self.masks, self.given):
            seen.clear()

    async def send(self, inputs: int) -> None:
        """Send random counts with random tags, which must not matter, and as many masks as they need."""
        if self.config.mask_width:
            width, rng = self.config.mask_width, self.rng
            masks = (rng.getrandbits(width) for _ in range(inputs * self.passes))
            self._masking = cocotb.start_soon(self.mask_driver.send_all(masks))
        for _ in range(inputs):
            planes = [self.rng.getrandbits(self.layer.outputs) for _ in range(self.layer.count_width)]
            tag = {"mask": self.rng.getrandbits(self.config.mask_width), "last": self.rng.getrandbits(1)}
            await self.driver.send({"planes": planes, "tag": tag})

    def compare(self, inputs: int) -> None:
        """Compare all passes of ``inputs`` inputs with the counts and masks that were taken."""
        assert len(self.counts) == inputs
        masks = self.masks or [0] * (inputs * self.passes)
        expected = [
            {"planes": self.counts[index // self.passes]["planes"], "tag": {"mask": mask, "last": last}}
            for index, mask in enumerate(masks)
            for last in [int((index + 1) % self.passes == 0)]
        ]
        assert self.given == expected

    def _demand(self, ports: dict[str, int]) -> None:
        assert ports["demand"] == ports["i__valid"], "a mask is wanted exactly while there are counts"


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def every_pass_has_its_mask(dut: Any, source: Stalls, sink: Stalls) -> None:
    """For one pass, the most and any number; without stalls a pass a cycle."""
    bench = _Bench(dut, source, sink)
    most = bench.config.bayes.max_passes
    for passes in sorted({1, most, bench.rng.randint(1, most)}):
        await bench.reset(passes)
        await bench.send(_INPUTS)
        await cycles(dut, 2)
        bench.compare(_INPUTS)
        if source is sink is Stalls.NEVER:
            given = bench.monitor.cycles[-len(bench.given) :]
            assert given[-1] - given[0] == len(given) - 1


@testcase()
async def a_reset_begins_with_the_first_pass(dut: Any) -> None:
    """Wherever the counter was."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    most = bench.config.bayes.max_passes
    for _ in range(6):
        await bench.reset(most)
        sending = cocotb.start_soon(bench.send(2))
        await cycles(dut, bench.rng.randint(1, 2 * most))
        sending.cancel()
    await bench.reset(most)
    await bench.send(_INPUTS)
    await cycles(dut, 2)
    bench.compare(_INPUTS)
