import numpy as np
import pytest

from hdl.crossbar.macro import MacroCalibration
from hdl.testing import simulate

from ...configurations import PADDED, by_name
from ...macros import COLUMN, PADDED_MACRO, SMALLEST_MACRO

LATENCY = 2


@pytest.mark.parametrize("config", [SMALLEST_MACRO, PADDED_MACRO, COLUMN], ids=by_name)
def test_each_array_has_its_own_targets(config):
    """Columns that always count the same keep every bit where that reaches the target of the array, and else none."""
    layer, macro, sensing = config.layers[0], config.macro, config.sensing
    dut = MacroCalibration(config, layer, latency=LATENCY)
    rng = np.random.default_rng(11)
    lanes, width = sensing.count_lanes(layer), sensing.target_width(layer)
    reads = layer.groups * macro.calibration_reads
    # No more than the last group may have.
    ones = rng.integers(0, layer.driven_lines(0, layer.groups - 1) + 1, layer.cols)
    counted = ones * reads if lanes > 1 else (ones * reads).sum(keepdims=True)

    def word(bits):
        return sum(int(bit) << lane for lane, bit in enumerate(bits))

    async def testbench(ctx):
        for bit, plane in enumerate(dut.count):
            ctx.set(plane, word(ones >> bit & 1))
        targets = [
            np.clip(counted + rng.integers(-1, 2, lanes), 0, sensing.known_count(layer)) for _ in range(layer.arrays)
        ]
        for tile, wanted in enumerate(targets):
            for plane in range(width):
                ctx.set(dut.tile, tile)
                ctx.set(dut.line, macro.reference_bits + plane)
                ctx.set(dut.row, word(wanted >> plane & 1))
                ctx.set(dut.keep, 1)
                await ctx.tick()
        ctx.set(dut.keep, 0)
        for tile, wanted in enumerate(targets):
            ctx.set(dut.tile, tile)
            for plane in range(width):
                ctx.set(dut.line, macro.reference_bits + plane)
                ctx.set(dut.look, 1)
                await ctx.tick()
                ctx.set(dut.look, 0)
                assert ctx.get(dut.shown) == word(wanted >> plane & 1)
        for tile, wanted in enumerate(targets):
            ctx.set(dut.tile, tile)
            ctx.set(dut.start, 1)
            await ctx.tick()
            ctx.set(dut.start, 0)
            done = 0
            while not ctx.get(dut.done):
                assert ctx.get(dut.known)
                done += ctx.get(dut.read)
                await ctx.tick()
            await ctx.tick()
            assert done == reads * macro.reference_bits
            kept = word(counted >= wanted)
            for line in range(macro.reference_bits):
                ctx.set(dut.line, line)
                await ctx.tick()
                assert ctx.get(dut.shown) == kept
                assert ctx.get(dut.reference[tile]) >> line * lanes & (1 << lanes) - 1 == kept
            assert not ctx.get(dut.known)

    simulate(dut, testbench)


def test_only_where_there_are_macros():
    with pytest.raises(ValueError, match=r"^MacroCalibration config must have a section macro, not none$"):
        MacroCalibration(PADDED, PADDED.layers[0])
