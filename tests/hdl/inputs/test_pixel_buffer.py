import random

import pytest

from hdl.inputs import PixelBuffer
from hdl.testing import StreamMonitor, sending, simulate, stream_put

from ..beats import pixel_beats
from ..configurations import CONFIGURATIONS, SMALLEST, cases, each_configuration, each_stall
from ..word_lines import VectorReader


def random_inputs(rng, config, count):
    top = 2**config.network.input_bits - 1
    return [[rng.randint(0, top) for _ in range(config.network.inputs)] for _ in range(count)]


def all_beats(rng, config, inputs):
    top = 2**config.network.input_bits - 1
    return [beat for pixels in inputs for beat in pixel_beats(config, pixels, fill=rng.randint(0, top))]


class Starts:
    """Cycles in which an input was started."""

    def __init__(self, dut):
        self._dut = dut
        self.cycles = []

    async def watch(self, ctx):
        cycle = 0
        async for _, _, started in ctx.tick().sample(self._dut.started):
            if started:
                self.cycles.append(cycle)
            cycle += 1


@each_configuration
@each_stall
def test_gives_out_what_it_took(config, send_idle, take_idle):
    rng = random.Random(config.name)
    layer = config.layers[0]
    inputs = random_inputs(rng, config, 7)
    dut = PixelBuffer(config)
    reader = VectorReader(dut.o, layer, len(inputs), rng=rng, idle=take_idle)
    starts = Starts(dut)

    async def read(ctx):
        ctx.set(dut.enable, 1)
        await reader.run(ctx)
        await ctx.tick().repeat(5)
        assert not ctx.get(dut.o.valid)

    simulate(dut, sending(dut.i, all_beats(rng, config, inputs), idle=send_idle), read, background=[starts.watch])
    assert [values for values, _ in reader.vectors] == inputs
    # An input is started by its first read.
    assert starts.cycles == [cycle + take_idle for cycle in reader.seen]


@each_configuration
def test_latency_and_throughput(config):
    """A beat a cycle until two inputs are there; each is offered in the cycle after its last beat."""
    rng = random.Random(config.name)
    beats = config.beats_per_input
    dut = PixelBuffer(config)
    monitor = StreamMonitor(dut.i)
    reader = VectorReader(dut.o, config.layers[0], 3)
    wait = 2 * beats + 5

    async def read(ctx):
        ctx.set(dut.enable, 1)
        for cycle in range(wait):
            # Offered and not read, it stays.
            assert ctx.get(dut.o.valid) == (cycle >= beats)
            await ctx.tick()
        await reader.run(ctx)

    send = sending(dut.i, all_beats(rng, config, random_inputs(rng, config, 3)))
    simulate(dut, send, read, background=[monitor.watch])
    # The third input is taken from the cycle after that in which the first was read for the last time.
    freed = wait + config.layers[0].reads
    assert monitor.taken == [*range(2 * beats), *range(freed, freed + beats)]


@pytest.mark.parametrize("config", cases([config for config in CONFIGURATIONS if config.layers[0].reads > 1]))
def test_disabled_finishes_what_was_started(config):
    rng = random.Random(config.name)
    layer = config.layers[0]
    inputs = random_inputs(rng, config, 2)
    dut = PixelBuffer(config)
    reader = VectorReader(dut.o, layer, 1, idle=1)
    starts = Starts(dut)

    async def read(ctx):
        for beat in all_beats(rng, config, inputs):
            await stream_put(ctx, dut.i, beat)
        for _ in range(4):
            await ctx.tick()
            assert not ctx.get(dut.o.valid)
        ctx.set(dut.enable, 1)
        await reader.run(ctx)
        ctx.set(dut.enable, 0)
        for _ in range(4):
            assert not ctx.get(dut.o.valid)
            await ctx.tick()
        ctx.set(dut.enable, 1)
        await reader.run(ctx)

    async def disable(ctx):
        while not starts.cycles:
            await ctx.tick()
        ctx.set(dut.enable, 0)

    simulate(dut, read, disable, background=[starts.watch])
    assert [values for values, _ in reader.vectors] == inputs
    assert len(starts.cycles) == 2


def test_reads_one_input_while_another_is_written():
    """With both sides at full speed the buffer is never the reason for a pause."""
    config = SMALLEST
    rng = random.Random(config.name)
    inputs = random_inputs(rng, config, 20)
    dut = PixelBuffer(config)
    monitor = StreamMonitor(dut.i)
    reader = VectorReader(dut.o, config.layers[0], len(inputs))

    async def read(ctx):
        ctx.set(dut.enable, 1)
        await reader.run(ctx)

    simulate(dut, sending(dut.i, all_beats(rng, config, inputs)), read, background=[monitor.watch])
    assert [values for values, _ in reader.vectors] == inputs
    # One read to an input of two beats: the reader waits for the writer.
    assert monitor.taken == list(range(2 * len(inputs)))
    assert reader.seen == list(range(2, 2 * len(inputs) + 1, 2))


@each_configuration
def test_unfinished_inputs_are_discarded(config):
    """Discard after any number of beats; complete inputs stay."""
    rng = random.Random(config.name)
    inputs = random_inputs(rng, config, 6)
    dut = PixelBuffer(config)
    reader = VectorReader(dut.o, config.layers[0], len(inputs), rng=rng, idle=0)

    async def send(ctx):
        ctx.set(dut.enable, 1)
        for pixels in inputs:
            for beat in all_beats(rng, config, random_inputs(rng, config, 1))[: rng.randrange(config.beats_per_input)]:
                await stream_put(ctx, dut.i, beat)
            ctx.set(dut.discard, 1)
            await ctx.tick()
            ctx.set(dut.discard, 0)
            for beat in all_beats(rng, config, [pixels]):
                await stream_put(ctx, dut.i, beat)

    simulate(dut, send, reader.run)
    assert [values for values, _ in reader.vectors] == inputs
