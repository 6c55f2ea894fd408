import itertools
import random

import pytest

from cocotb_tests.agents.lanes import to_lanes, to_planes
from hdl.config import HardwareConfig
from hdl.crossbar import Accumulator
from hdl.testing import simulate

from ..configurations import each_layer, each_pipeline


@each_layer
@each_pipeline
@pytest.mark.parametrize("idle", [0, 2])
def test_adds_reads(config, layer, pipeline, idle):
    """Whole vectors, read as a crossbar does: planes from the highest, each group of all row tiles at once."""
    rng = random.Random(f"{config.name}-{layer.index}-{idle}")
    hardware = HardwareConfig(pipeline=pipeline)
    dut = Accumulator(layer, hardware)
    # The largest count in every read, in the first vector, must not overflow; the smallest is 0.
    pickers = [max, min, *[rng.choice] * 6]
    sums = []

    async def testbench(ctx):
        for pick in pickers:
            total = [0] * layer.outputs
            for plane in reversed(range(layer.input_bits)):
                for group in range(layer.groups):
                    first = group == 0 and plane == layer.input_bits - 1
                    total = [0 if first else value << (group == 0) for value in total]
                    for tile in range(layer.row_tiles):
                        lines = range(layer.rows_per_read)
                        driven = sum(group < layer.driven_groups(tile, line) for line in lines)
                        counts = [pick(range(driven + 1)) for _ in range(layer.outputs)]
                        for port, word in zip(dut.counts[tile], to_planes(counts, layer.read_width), strict=True):
                            ctx.set(port, word)
                        total = [value + count for value, count in zip(total, counts, strict=True)]
                    if hardware.sums_registered:
                        await ctx.tick()
                        for port in itertools.chain(*dut.counts):
                            ctx.set(port, rng.getrandbits(layer.outputs))
                    ctx.set(dut.add, 1)
                    ctx.set(dut.clear, first)
                    # With clear it does not matter.
                    ctx.set(dut.shift, rng.getrandbits(1) if first else group == 0)
                    await ctx.tick()
                    assert read(ctx) == total
                    # Without add nothing changes, whatever the other ports say.
                    ctx.set(dut.add, 0)
                    for port in (dut.clear, dut.shift):
                        ctx.set(port, rng.getrandbits(1))
                    for _ in range(idle):
                        await ctx.tick()
                        assert read(ctx) == total
            sums.append(total)

    def read(ctx):
        return to_lanes([ctx.get(plane) for plane in dut.total], layer.outputs)

    simulate(dut, testbench)
    assert len(sums) == len(pickers)
    assert sums[:2] == [[layer.count_max] * layer.outputs, [0] * layer.outputs]
