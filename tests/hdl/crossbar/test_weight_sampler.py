import random

import pytest

from cocotb_tests.agents.lanes import to_lanes, to_planes
from hdl.crossbar import WeightSampler
from hdl.testing import simulate

from ..configurations import SMALLEST
from ..drawn_layers import SMALLEST_DRAWN, drawn_config, each_number_of_generators


def check(layer, col_tile, seed):
    """Compare with the definition, code by code: random ones, and those at both ends."""
    rng = random.Random(seed)
    dut = WeightSampler(layer, col_tile)
    bits, generators, most = layer.weight_bits, layer.sampling.generators, layer.sampling.certain
    compared = 0

    def value():
        return rng.choice([0, 1, most - 1, most, rng.randint(0, most)])

    async def testbench(ctx):
        nonlocal compared
        for _ in range(60):
            codes = [[value() for _ in range(layer.cols)] for _ in range(layer.rows_per_read)]
            draws = [value() for _ in range(layer.line_units)]
            for line, values in enumerate(codes):
                for plane, word in enumerate(to_planes(values, bits)):
                    ctx.set(dut.codes[line * bits + plane], word)
            for port, plane in zip(dut.draws, to_planes(draws, bits), strict=True):
                ctx.set(port, plane)
            for line, values in enumerate(codes):
                found = to_lanes([ctx.get(dut.words[line])], layer.cols)
                for column, code in enumerate(values):
                    draw = draws[line * generators + (col_tile * layer.cols + column) % generators]
                    assert found[column] == (min(draw, most - 1) < code), f"line {line}, column {column}"
                    compared += 1

    simulate(dut, testbench)
    assert compared == 60 * layer.rows_per_read * layer.cols


@each_number_of_generators
@pytest.mark.parametrize("col_tile", [0, 1, 2])
def test_agrees_with_the_definition(generators, col_tile):
    check(drawn_config("read", generators).layers[0], col_tile, f"{generators}-{col_tile}")


def test_agrees_with_the_definition_at_the_smallest_sizes():
    check(SMALLEST_DRAWN.layers[0], 0, "smallest")


def test_fixed_weights_and_missing_tiles_are_refused():
    with pytest.raises(ValueError, match=r"^WeightSampler layer must draw its weights, not Layer\(index=0, .*\)$"):
        WeightSampler(SMALLEST.layers[0])
    with pytest.raises(ValueError, match=r"^WeightSampler col_tile must be between 0 and 2, not 3$"):
        WeightSampler(drawn_config().layers[0], 3)
