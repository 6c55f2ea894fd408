import random

import pytest

from cocotb_tests.agents.lanes import from_bits
from hdl.inputs import FrameBuffer
from hdl.testing import StreamMonitor, sending, simulate, stream_put, taking

from ..beats import pixel_beats
from ..configurations import SMALLEST, each_convolutional, each_stall


def random_images(rng, config, count):
    """Return images as lists of pixels, among them one all dark and one all bright."""
    top = 2**config.network.input_bits - 1
    images = [[rng.randint(0, top) for _ in range(config.network.inputs)] for _ in range(count)]
    images[-1] = [top] * config.network.inputs
    return images


def all_beats(config, images):
    return [beat for pixels in images for beat in pixel_beats(config, pixels)]


def all_positions(config, images):
    """Return the words of all positions: one plane after the other, a bit for each channel."""
    channels, bits = config.network.image[2], config.network.input_bits
    return [
        from_bits(pixel >> plane & 1 for plane in range(bits) for pixel in pixels[start : start + channels])
        for pixels in images
        for start in range(0, len(pixels), channels)
    ]


class Bench:
    """A frame buffer, and what went in and out."""

    def __init__(self, config):
        self.dut = FrameBuffer(config)
        self.positions = config.layers[0].window.source.positions
        self.source, self.out = StreamMonitor(self.dut.i), StreamMonitor(self.dut.o)
        self.starts = []
        self.background = [self.source.watch, self.out.watch, self._watch_starts]

    @property
    def words(self):
        return [beat["bits"] for beat in self.out.beats]

    async def enable(self, ctx):
        ctx.set(self.dut.enable, 1)

    async def _watch_starts(self, ctx):
        cycle = 0
        async for _, _, started in ctx.tick().sample(self.dut.started):
            if started:
                self.starts.append(cycle)
            cycle += 1


@each_convolutional
@each_stall
def test_gives_out_what_it_took(config, send_idle, take_idle):
    images = random_images(random.Random(config.name), config, 5)
    bench = Bench(config)
    simulate(
        bench.dut,
        bench.enable,
        sending(bench.dut.i, all_beats(config, images), idle=send_idle),
        taking(bench.dut.o, len(images) * bench.positions, idle=take_idle),
        background=bench.background,
    )
    assert bench.words == all_positions(config, images)
    # An image is started by its first read, and each position is offered in the cycle after its own.
    assert [cycle + 1 for cycle in bench.starts] == bench.out.offered[:: bench.positions]
    assert len(bench.starts) == len(images)


@each_convolutional
def test_latency_and_throughput(config):
    """A beat a cycle until two images are there; read from the cycle after the last beat, a position a cycle."""
    images = random_images(random.Random(config.name), config, 3)
    beats, bench = config.beats_per_input, Bench(config)
    wait = 2 * beats + 5

    async def take(ctx):
        await bench.enable(ctx)
        await ctx.tick().repeat(wait)
        await taking(bench.dut.o, 3 * bench.positions)(ctx)

    simulate(bench.dut, sending(bench.dut.i, all_beats(config, images)), take, background=bench.background)
    assert bench.words == all_positions(config, images)
    # The first position is read at once and waits.
    assert bench.starts[0] == beats
    assert bench.out.offered[0] == beats + 1
    assert bench.out.taken[: 2 * bench.positions] == list(range(wait, wait + 2 * bench.positions))
    # Its bank is free in the cycle after its last read, which is that before its last position is offered.
    freed = bench.out.offered[bench.positions - 1]
    assert bench.source.taken == [*range(2 * beats), *range(freed, freed + beats)]


@each_convolutional
def test_reads_one_image_while_another_is_written(config):
    """At full speed, the slower of both sides is never kept waiting."""
    images = random_images(random.Random(config.name), config, 6)
    beats, bench = config.beats_per_input, Bench(config)
    simulate(
        bench.dut,
        bench.enable,
        sending(bench.dut.i, all_beats(config, images)),
        taking(bench.dut.o, len(images) * bench.positions),
        background=bench.background,
    )
    # No fewer beats than positions.
    assert bench.source.taken == list(range(len(images) * beats))
    assert bench.starts == list(range(beats, len(images) * beats + 1, beats))


@each_convolutional
@pytest.mark.parametrize("take_idle", [0, 2])
def test_disabled_finishes_what_was_started(config, take_idle):
    images = random_images(random.Random(config.name), config, 2)
    bench = Bench(config)
    dut, positions = bench.dut, bench.positions

    async def testbench(ctx):
        for beat in all_beats(config, images):
            await stream_put(ctx, dut.i, beat)
        for image in range(len(images)):
            await ctx.tick().repeat(2 * positions * (take_idle + 1) + 4)
            assert len(bench.starts) == image
            assert len(bench.out.beats) == image * positions
            assert not ctx.get(dut.o.valid)
            # A single cycle.
            ctx.set(dut.enable, 1)
            await ctx.tick()
            ctx.set(dut.enable, 0)
        while len(bench.out.beats) < len(images) * positions:
            await ctx.tick()

    simulate(dut, testbench, taking(dut.o, 2 * positions, idle=take_idle), background=bench.background)
    assert bench.words == all_positions(config, images)
    assert len(bench.starts) == 2


@each_convolutional
def test_unfinished_images_are_discarded(config):
    """Discard after any number of beats; complete images stay."""
    rng = random.Random(config.name)
    images = random_images(rng, config, 6)
    bench = Bench(config)
    dut = bench.dut
    beats = config.beats_per_input

    async def send(ctx):
        await bench.enable(ctx)
        for index, pixels in enumerate(images):
            garbage = all_beats(config, random_images(rng, config, 1))
            for beat in garbage[: (rng.randrange(beats), beats - 1)[index % 2]]:
                await stream_put(ctx, dut.i, beat)
            ctx.set(dut.discard, 1)
            await ctx.tick()
            ctx.set(dut.discard, 0)
            for beat in pixel_beats(config, pixels):
                await stream_put(ctx, dut.i, beat)

    simulate(dut, send, taking(dut.o, len(images) * bench.positions, idle=1), background=bench.background)
    assert bench.words == all_positions(config, images)


def test_dense_core_is_refused():
    with pytest.raises(ValueError, match=r"^FrameBuffer config must begin with a convolution, not 'smallest'$"):
        FrameBuffer(SMALLEST)
