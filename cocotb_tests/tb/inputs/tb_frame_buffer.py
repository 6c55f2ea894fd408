"""Testbench of :class:`hdl.inputs.FrameBuffer`."""

from collections.abc import Iterator
from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.agents import StreamMonitor, StreamSink
from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.lanes import from_bits
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.pixel_bench import PixelBench
from hdl.streams import Activations

_IMAGES = 8


class _Bench(PixelBench):
    """A sink and a monitor of positions."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        super().__init__(dut, self._positions, source, sink)
        window = self.config.layers[0].window
        assert window is not None, "the core does not begin with a convolution"
        self.source = window.source
        self.drawn = not self.config.layers[0].shared_by_passes
        self.passes = self.config.bayes.max_passes if self.drawn else 1
        if self.drawn:
            drive(dut, passes=self.passes)
        StreamSink(dut, "o", sink.pattern(self.rng))
        position = Activations(self.config, self.source.channels * self.source.bits)
        self.given = StreamMonitor(dut, "o", position, self._observe)

    async def finish(self, images: int) -> None:
        """Wait until all that was taken has come out, no less than ``images``."""
        await self.scoreboard.finish(at_least=images * self.source.positions * self.passes)

    def _positions(self, pixels: list[int]) -> Iterator[tuple[int, int]]:
        channels = self.source.channels
        for number in range(self.passes):
            last = int(self.drawn and number == self.passes - 1)
            for start in range(0, self.source.size, channels):
                position = pixels[start : start + channels]
                bits = from_bits(pixel >> plane & 1 for plane in range(self.source.bits) for pixel in position)
                yield bits, last

    def _observe(self, beat: dict[str, Any]) -> None:
        # Without weights that are drawn there is no pass yet, so the tag is not looked at.
        self.scoreboard.observe((beat["bits"], beat["tag"]["last"] if self.drawn else 0))


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def positions_are_those_of_the_pixels(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Every image is started once; its first position is offered two cycles after its last beat, then one a cycle.

    Where weights are drawn it is read once for each pass, without a pause.
    """
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(_IMAGES * bench.config.beats_per_input)
    await bench.finish(_IMAGES)
    assert bench.started == _IMAGES
    if sink is Stalls.NEVER:
        positions = bench.source.positions * bench.passes
        complete = bench.taken.cycles[bench.config.beats_per_input - 1]
        assert bench.given.cycles[:positions] == list(range(complete + 2, complete + 2 + positions))


@testcase()
async def two_images_fit(dut: Any) -> None:
    """While disabled it takes a beat a cycle until two images are there, offers none, and then takes no more."""
    bench = _Bench(dut)
    await bench.reset()
    drive(dut, enable=0)
    sending = cocotb.start_soon(bench.send(_IMAGES * bench.config.beats_per_input))
    beats = 2 * bench.config.beats_per_input
    # At least a few cycles more, however small the image is.
    await cycles(dut, 2 * beats + _IMAGES)
    first = bench.taken.cycles[0]
    assert bench.taken.cycles == list(range(first, first + beats))
    assert not bench.given.cycles
    drive(dut, enable=1)
    await sending
    await bench.finish(_IMAGES)


@testcase()
async def a_started_image_is_finished(dut: Any) -> None:
    """Disabling while an image is read stops the next one and not this one."""
    bench = _Bench(dut, Stalls.NEVER, Stalls.OFTEN)
    await bench.reset()
    sending = cocotb.start_soon(bench.send(_IMAGES * bench.config.beats_per_input))
    for count in range(1, _IMAGES + 1):
        drive(dut, enable=1)
        while bench.started < count:
            await FallingEdge(dut.clk)
        drive(dut, enable=0)
        await cycles(dut, 10 * bench.source.positions * bench.passes + 20)
        assert bench.started == count
        assert bench.scoreboard.matched == count * bench.source.positions * bench.passes
        await ReadOnly()
        assert not dut.o__valid.value
        await FallingEdge(dut.clk)
    await sending
    await bench.finish(_IMAGES)


@testcase()
@cocotb.parametrize(sink=list(Stalls))
async def an_unfinished_image_is_discarded(dut: Any, sink: Stalls) -> None:
    """After any number of its beats, while the images before it are read; the next beat is the first of an image."""
    bench = _Bench(dut, Stalls.NEVER, sink)
    await bench.reset()
    beats = bench.config.beats_per_input
    for index in range(_IMAGES):
        await bench.send(beats)
        await bench.send(bench.rng.randrange(beats) if index % 2 else beats - 1)
        drive(dut, discard=1)
        bench.pixels.clear()
        await FallingEdge(dut.clk)
        drive(dut, discard=0)
    await bench.finish(_IMAGES)


@testcase()
async def a_reset_empties_it(dut: Any) -> None:
    """At any moment; the next beat is the first of an image."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    beats = bench.config.beats_per_input
    for _ in range(_IMAGES):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_IMAGES * beats))
        await cycles(dut, bench.rng.randint(1, 4 * beats))
        sending.cancel()
    await bench.reset()
    bench.scoreboard.matched = 0
    await bench.send(_IMAGES * beats)
    await bench.finish(_IMAGES)
