import random

import pytest

from cocotb_tests.lanes import from_bits
from golden import stochastic_unit
from hdl.config import CoreConfig
from hdl.stochastic_unit import StochasticUnit
from hdl.testing import StreamMonitor, pause, simulate, stream_get

from .configurations import CONFIGURATIONS, by_name

STOCHASTIC = [config for config in CONFIGURATIONS if config.mask_width]
SIXTEEN = CoreConfig.model_validate(
    {
        "name": "sixteen",
        "network": {"inputs": 2, "hidden": [2] * 16, "classes": 2},
        "array": {"rows": 2, "cols": 2, "rows_per_read": 2},
        "bayes": {"p": [index / 16 for index in range(16)]},
        "random": {"lfsr_width": 64, "draw_bits": 32, "seed": 2**64 - 2},
    }
)

each_stochastic = pytest.mark.parametrize("config", [*STOCHASTIC, SIXTEEN], ids=by_name)


def golden_masks(config, codes, seed, count, first_pass=0):
    masks = stochastic_unit.masks(config, codes, seed, 1, passes=count, first_pass=first_pass)
    return [from_bits(mask) for mask in masks[0].tolist()]


def set_codes(ctx, dut, codes):
    for port, code in zip(dut.codes, codes, strict=True):
        ctx.set(port, code)


@each_stochastic
@pytest.mark.parametrize("take_idle", [0, 3])
@pytest.mark.parametrize("demand_idle", [0, 2])
def test_agrees_with_golden(config, demand_idle, take_idle):
    """Draws nothing unless a mask is wanted; never another while one waits."""
    rng = random.Random(f"{config.name}-{demand_idle}-{take_idle}")
    top = 2**config.random.draw_bits - 1
    codes = [rng.choice([0, top, rng.randint(0, top), (top + 1) // 2]) for _ in range(config.mask_width)]
    expected = golden_masks(config, codes, config.random.seed, 40)
    dut = StochasticUnit(config)
    out = StreamMonitor(dut.o)

    async def testbench(ctx):
        set_codes(ctx, dut, codes)
        for mask in expected:
            for _ in range(demand_idle):
                await ctx.tick()
                assert not ctx.get(dut.o.valid)
            ctx.set(dut.demand, 1)
            assert await stream_get(ctx, dut.o, idle=take_idle) == mask
            ctx.set(dut.demand, 0)

    simulate(dut, testbench, background=[out.watch])
    assert out.beats == expected
    # A mask is there as many cycles after it was wanted as it has bits.
    wanted = [demand_idle, *(cycle + 1 + demand_idle for cycle in out.taken[:-1])]
    assert out.offered == [cycle + config.mask_width for cycle in wanted]


@each_stochastic
def test_demand_may_pause(config):
    """One draw for each cycle of demand, none without."""
    rng = random.Random(config.name)
    codes = list(config.drop_codes)
    expected = golden_masks(config, codes, config.random.seed, 12)
    dut = StochasticUnit(config)

    async def testbench(ctx):
        set_codes(ctx, dut, codes)
        for mask in expected:
            for _ in range(config.mask_width):
                await pause(ctx, rng.randrange(3))
                assert not ctx.get(dut.o.valid)
                ctx.set(dut.demand, 1)
                await ctx.tick()
                ctx.set(dut.demand, 0)
            assert ctx.get(dut.o.valid)
            assert await stream_get(ctx, dut.o) == mask

    simulate(dut, testbench)


@each_stochastic
@pytest.mark.parametrize("demand", [0, 1])
def test_load_at_any_moment(config, demand):
    """In the middle of a draw, or with a mask waiting: begins again. The load of 0 changes nothing."""
    codes = list(config.drop_codes)
    seed = config.random.seed ^ 2
    expected = golden_masks(config, codes, seed, 3)
    dut = StochasticUnit(config)

    async def load(ctx, seed):
        ctx.set(dut.load, 1)
        ctx.set(dut.seed, seed)
        await ctx.tick()
        ctx.set(dut.load, 0)

    async def testbench(ctx):
        set_codes(ctx, dut, codes)
        for drawn in range(config.mask_width + 1):
            ctx.set(dut.demand, 1)
            await pause(ctx, drawn)
            ctx.set(dut.demand, demand)
            await load(ctx, seed)
            assert not ctx.get(dut.o.valid)
            ctx.set(dut.demand, 1)
            for mask in expected:
                assert await stream_get(ctx, dut.o) == mask
            ctx.set(dut.demand, 0)
            # The sequence goes on across a load of 0 that comes at the same moment.
            ctx.set(dut.demand, 1)
            await pause(ctx, drawn)
            ctx.set(dut.demand, 0)
            await load(ctx, 0)
            assert ctx.get(dut.o.valid) == (drawn == config.mask_width)
            ctx.set(dut.demand, 1)
            assert await stream_get(ctx, dut.o) == golden_masks(config, codes, seed, 4)[-1]
            ctx.set(dut.demand, 0)

    simulate(dut, testbench)


@each_stochastic
@pytest.mark.parametrize("drop", [0, 1])
def test_extreme_codes(config, drop):
    """Code 0 never drops; the largest keeps only the largest draw."""
    codes = [drop * (2**config.random.draw_bits - 1)] * config.mask_width
    expected = golden_masks(config, codes, config.random.seed, 30)
    ones = 2**config.mask_width - 1
    assert (expected == [ones] * 30) == (not drop)
    dut = StochasticUnit(config)

    async def testbench(ctx):
        set_codes(ctx, dut, codes)
        ctx.set(dut.demand, 1)
        for mask in expected:
            assert await stream_get(ctx, dut.o) == mask

    simulate(dut, testbench)
