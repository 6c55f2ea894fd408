import random

import pytest

from cocotb_tests.agents.lanes import to_bits, to_lanes
from golden.arrays import read_counts
from hdl.config import HardwareConfig
from hdl.crossbar import Array
from hdl.testing import simulate

from ..arrays import array_words, random_weights, used_columns
from ..configurations import each_layer, each_pipeline


@each_layer
@each_pipeline
@pytest.mark.parametrize("written", [False, True], ids=["initial", "written"])
def test_agrees_with_golden(config, layer, pipeline, written):
    """Random reads and writes; between reads other ports change at will."""
    rng = random.Random(f"{config.name}-{layer.index}-{written}")
    weights = random_weights(rng, layer)
    tile = layer.arrays - 1
    words = array_words(rng, layer, weights, tile)
    used = used_columns(layer, tile)
    hardware = HardwareConfig(pipeline=pipeline)
    dut = Array(layer, tile // layer.col_tiles, hardware=hardware, init=() if written else words)
    compared = 0

    async def write(ctx):
        ctx.set(dut.write, 1)
        for group, lines in enumerate(words):
            for line, word in enumerate(lines):
                for port, value in ((dut.group, group), (dut.line, line), (dut.row, word)):
                    ctx.set(port, value)
                await ctx.tick()
        ctx.set(dut.write, 0)

    async def testbench(ctx):
        nonlocal compared
        if written:
            await write(ctx)
        shown = None
        for _ in range(60):
            read = shown is None or rng.random() < 0.6
            group, line = rng.randrange(layer.array_groups), rng.randrange(layer.rows_per_read)
            ctx.set(dut.read, read)
            ctx.set(dut.group, group)
            ctx.set(dut.line, line)
            await ctx.tick()
            shown = group if read else shown
            # One cycle after the read the bits of that cycle count, and no port but they matters.
            bits = rng.getrandbits(layer.rows_per_read)
            ctx.set(dut.bits, bits)
            ctx.set(dut.group, rng.randrange(layer.array_groups))
            ctx.set(dut.read, 0)
            for _ in range(hardware.array_stages):
                await ctx.tick()
                # A read in flight completes, independent of later ones.
                ctx.set(dut.bits, rng.getrandbits(layer.rows_per_read))
            assert ctx.get(dut.word) == words[shown][line]
            if shown >= layer.groups:
                continue
            counts = to_lanes([ctx.get(plane) for plane in dut.count], layer.cols)
            expected = read_counts(layer, weights, tile, shown, to_bits(bits, layer.rows_per_read))
            assert counts[:used] == expected.tolist()[:used], f"group {shown}, bits {bits:#b}"
            compared += 1

    simulate(dut, testbench)
    assert compared > 10
