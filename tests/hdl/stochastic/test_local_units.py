import random
import re

import pytest
from amaranth import Cat

from cocotb_tests.agents.lanes import to_lanes
from hdl.stochastic import LocalStochasticUnits
from hdl.testing import StreamMonitor, pause, simulate, stream_get

from ..configurations import SMALLEST
from ..local_layers import clocked, drawings, each_number_of_units, local_config

each_layer = pytest.mark.parametrize("index", [0, 1])


def make(units, index):
    """Return configuration, layer, the block, and a module in which a value is the draw itself."""
    config = local_config("spatial-dropout", units)
    layer = config.layers[index]
    dut = LocalStochasticUnits(config, layer, config.random.draw_bits)
    m = clocked(dut)
    m.d.comb += [plane.eq(Cat(draw[bit] for draw in dut.draws)) for bit, plane in enumerate(dut.values)]
    return config, layer, dut, m


def lanes(layer, planes):
    return to_lanes([int(plane) for plane in planes], layer.outputs)


@each_number_of_units
@each_layer
@pytest.mark.parametrize("take_idle", [0, 3])
@pytest.mark.parametrize("demand_idle", [0, 2])
def test_agrees_with_golden(units, index, demand_idle, take_idle):
    """Draws nothing unless values are wanted; never others while some wait."""
    config, layer, dut, m = make(units, index)
    expected = drawings(config, layer, 20)
    out = StreamMonitor(dut.drawn)

    async def testbench(ctx):
        for values in expected:
            for _ in range(demand_idle):
                await ctx.tick()
                assert not ctx.get(dut.drawn.valid)
            ctx.set(dut.demand, 1)
            assert lanes(layer, await stream_get(ctx, dut.drawn, idle=take_idle)) == values
            ctx.set(dut.demand, 0)

    simulate(m, testbench, background=[out.watch])
    assert len(out.beats) == len(expected)
    wanted = [demand_idle, *(cycle + 1 + demand_idle for cycle in out.taken[:-1])]
    assert out.offered == [cycle + layer.local.steps for cycle in wanted]


@each_number_of_units
def test_demand_may_pause(units):
    """One draw for each cycle of demand, none without."""
    config, layer, dut, m = make(units, 0)
    rng = random.Random(units)

    async def testbench(ctx):
        for values in drawings(config, layer, 12):
            for _ in range(layer.local.steps):
                await pause(ctx, rng.randrange(3))
                assert not ctx.get(dut.drawn.valid)
                ctx.set(dut.demand, 1)
                await ctx.tick()
                ctx.set(dut.demand, 0)
            assert ctx.get(dut.drawn.valid)
            assert lanes(layer, await stream_get(ctx, dut.drawn)) == values

    simulate(m, testbench)


@each_number_of_units
@pytest.mark.parametrize("demand", [0, 1])
def test_load_at_any_moment(units, demand):
    """All units one after the other, amid a drawing or with values waiting: begins again. 0 changes nothing."""
    config, layer, dut, m = make(units, 0)
    seeds = [3 + 1000 * unit for unit in range(layer.local.units)]
    expected = drawings(config, layer, 3, seeds)

    async def load(ctx, unit, seed):
        ctx.set(dut.reseed.load, 1 << unit)
        ctx.set(dut.reseed.seed, seed)
        await ctx.tick()
        ctx.set(dut.reseed.load, 0)

    async def testbench(ctx):
        for drawn in range(layer.local.steps + 1):
            ctx.set(dut.demand, 1)
            await pause(ctx, drawn)
            ctx.set(dut.demand, demand)
            for unit, seed in enumerate(seeds):
                await load(ctx, unit, seed)
                assert not ctx.get(dut.drawn.valid)
            ctx.set(dut.demand, 1)
            assert lanes(layer, await stream_get(ctx, dut.drawn)) == expected[0]
            # In the middle of the second drawing, or when it is done.
            await pause(ctx, drawn)
            ctx.set(dut.demand, 0)
            await load(ctx, 0, 0)
            assert ctx.get(dut.drawn.valid) == (drawn == layer.local.steps)
            ctx.set(dut.demand, 1)
            for values in expected[1:]:
                assert lanes(layer, await stream_get(ctx, dut.drawn)) == values
            ctx.set(dut.demand, 0)

    simulate(m, testbench)


def test_layer_without_units_is_refused():
    message = f"LocalStochasticUnits layer must have local units, not {SMALLEST.layers[0]!r}"
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        LocalStochasticUnits(SMALLEST, SMALLEST.layers[0], 1)
