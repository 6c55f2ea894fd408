import dataclasses
import random

import pytest

from cocotb_tests.agents.lanes import to_lanes
from golden.draws import WeightDraws as GoldenDraws
from hdl.config import RandomConfig
from hdl.crossbar import WeightDraws
from hdl.testing import simulate

from ..configurations import SMALLEST
from ..drawn_layers import SMALLEST_DRAWN, drawn_config, each_number_of_generators, each_sampling


def units_of(layer, row_tile, group):
    """Return for each unit that some input of the group uses an input and its generator."""
    inputs = [n for n in range(layer.inputs) if layer.tile_of(n) == row_tile and layer.group_of(n) == group]
    return [
        (layer.line_of(n) * layer.sampling.generators + g, n, g)
        for n in inputs
        for g in range(layer.sampling.generators)
    ]


def check(config, index, seed):
    """Draw as a crossbar does, with pauses, across a load of new seeds."""
    rng = random.Random(seed)
    layer = config.layers[index]
    row_tile = layer.row_tiles - 1
    dut = WeightDraws(config, layer, row_tile)
    most = layer.sampling.certain
    shared = layer.sweeps if layer.repeats else 1
    compared = 0

    async def sweeps(ctx, golden, count):
        nonlocal compared
        for sweep in range(count):
            limits = golden.limits(sweep // shared, 1)[0]
            for group in range(layer.groups):
                ctx.set(dut.step, 1)
                if layer.repeats:
                    ctx.set(dut.begin, group == 0 and sweep % shared == 0)
                    ctx.set(dut.again, group == 0 and sweep % shared != 0)
                await ctx.tick()
                ctx.set(dut.step, 0)
                for _ in range(rng.randrange(3)):
                    if layer.repeats:
                        ctx.set(dut.begin, rng.getrandbits(1))
                        ctx.set(dut.again, rng.getrandbits(1))
                    await ctx.tick()
                draws = to_lanes([ctx.get(plane) for plane in dut.draws], layer.line_units)
                for unit, n, generator in units_of(layer, row_tile, group):
                    assert min(draws[unit], most - 1) == limits[n, generator], f"sweep {sweep}, group {group}"
                    compared += 1

    async def testbench(ctx):
        await sweeps(ctx, GoldenDraws(config, layer, config.random.seed), 2 * shared + 3)
        # A seed of 0 changes nothing; others are loaded one after the other, in any order.
        other = rng.randrange(1, 2**config.random.lfsr_width)
        first = config.stochastic.first(layer) + row_tile * layer.line_units
        states = [*enumerate(config.stochastic.seeds(other)[first : first + layer.line_units])]
        for unit, state in rng.sample(states, len(states)):
            for value in (state, 0):
                ctx.set(dut.reseed.load, 1 << unit)
                ctx.set(dut.reseed.seed, value)
                await ctx.tick()
        ctx.set(dut.reseed.load, 0)
        await sweeps(ctx, GoldenDraws(config, layer, other), 2 * shared + 3)

    simulate(dut, testbench)
    assert compared


@each_sampling
@each_number_of_generators
@pytest.mark.parametrize("maps", [False, True], ids=["vectors", "maps"])
def test_agrees_with_golden(sampling, generators, maps):
    config = drawn_config(sampling, min(generators, 5) if maps else generators, maps=maps)
    for layer in config.layers[:2]:
        check(config, layer.index, f"{config.name}-{layer.index}")


def test_agrees_with_golden_at_the_smallest_sizes():
    check(SMALLEST_DRAWN, 0, "smallest")


def test_draws_together_and_at_once():
    """One cycle after the step, one step a cycle; and nothing at a load."""
    config = drawn_config()
    layer = config.layers[0]
    dut = WeightDraws(config, layer, 0)
    golden = GoldenDraws(config, layer, config.random.seed)
    seen = []

    async def testbench(ctx):
        ctx.set(dut.step, 1)
        for _ in range(2 * layer.groups):
            await ctx.tick()
            seen.append(to_lanes([ctx.get(plane) for plane in dut.draws], layer.line_units)[0])
        before = seen[-1]
        ctx.set(dut.reseed.load, 1)
        ctx.set(dut.reseed.seed, 1)
        await ctx.tick()
        assert to_lanes([ctx.get(plane) for plane in dut.draws], layer.line_units)[0] == 1 != before

    simulate(dut, testbench)
    inputs = [next(n for n in range(layer.inputs) if layer.group_of(n) == group) for group in range(layer.groups)]
    expected = [int(limits[n, 0]) for limits in golden.limits(0, 2) for n in inputs]
    assert [min(draw, layer.sampling.certain - 1) for draw in seen] == expected


def test_fixed_weights_and_missing_tiles_are_refused():
    with pytest.raises(ValueError, match=r"^WeightDraws layer must draw its weights, not Layer\(index=0, .*\)$"):
        WeightDraws(SMALLEST, SMALLEST.layers[0], 0)
    with pytest.raises(ValueError, match=r"^WeightDraws row_tile must be between 0 and 1, not 2$"):
        WeightDraws(drawn_config(), drawn_config().layers[0], 2)


def test_units_are_those_of_equal_distances():
    """One register after the other is as far from the one before as any."""
    random_config = RandomConfig(lfsr_width=19, draw_bits=5, seed=77)
    states = random_config.spread(77, 1234, 5)
    assert states == tuple(random_config.jump(77, 1234 * unit) for unit in range(5))
    config = drawn_config("read", 3)
    assert config.stochastic.units == sum(layer.row_tiles * 4 * layer.sampling.generators for layer in config.layers)
    assert len(config.stochastic.seeds(5)) == config.stochastic.units
    assert dataclasses.asdict(config.layers[0].sampling) == {"bits": 5, "drawn_per": "read", "generators": 3}
