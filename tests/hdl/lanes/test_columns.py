import random

from cocotb_tests.agents.lanes import to_bits, to_lanes
from golden.arrays import read_counts
from hdl.lanes import Columns
from hdl.testing import simulate

from ..arrays import array_words, random_weights, used_columns
from ..configurations import CONFIGURATIONS, each_layer


@each_layer
def test_agrees_with_golden(config, layer):
    """All groups that are visited, of all arrays, with garbage in the cells and on the lines that hold no input."""
    rng = random.Random(f"{config.name}-{layer.index}")
    weights = random_weights(rng, layer)
    compared = 0

    for tile in range(layer.arrays):
        dut = Columns(layer, tile // layer.col_tiles)
        words = array_words(rng, layer, weights, tile)
        used = used_columns(layer, tile)

        async def testbench(ctx, tile=tile, dut=dut, words=words, used=used):
            nonlocal compared
            for group in range(layer.groups):
                ctx.set(dut.group, group)
                for port, word in zip(dut.words, words[group], strict=True):
                    ctx.set(port, word)
                random_bits = [rng.getrandbits(layer.rows_per_read) for _ in range(3)]
                for bits in (0, 2**layer.rows_per_read - 1, *random_bits):
                    ctx.set(dut.bits, bits)
                    counts = to_lanes([ctx.get(plane) for plane in dut.count], layer.cols)
                    expected = read_counts(layer, weights, tile, group, to_bits(bits, layer.rows_per_read))
                    assert counts[:used] == expected.tolist()[:used], f"tile {tile}, group {group}, bits {bits:#b}"
                    compared += used

        simulate(dut, testbench)

    assert compared == 5 * layer.groups * layer.row_tiles * layer.outputs


def test_configurations_have_padding():
    """Without it the test above would show less than it says."""
    layers = [layer for config in CONFIGURATIONS for layer in config.layers]
    assert any(layer.tile_inputs(layer.row_tiles - 1) % layer.rows_per_read for layer in layers), "in a group"
    assert any(layer.driven_groups(layer.row_tiles - 1, 0) < layer.groups for layer in layers), "of whole groups"
    assert any(layer.groups < layer.array_groups for layer in layers), "of groups that are not visited"
