import random

import pytest

from golden.draws import lfsr
from hdl.config import LFSR_TAPS, RandomConfig
from hdl.stochastic import Lfsr
from hdl.testing import simulate

#: Every width, with few and with many bits of a draw.
CASES = [
    RandomConfig(lfsr_width=width, draw_bits=draw_bits, seed=seed)
    for width in LFSR_TAPS
    for draw_bits, seed in ((2 + width % 3, 2 ** (width - 1) + 5), (min(width, 32), 2**width - 1))
]


@pytest.mark.parametrize("config", CASES, ids=lambda config: f"{config.lfsr_width}-{config.draw_bits}")
def test_agrees_with_golden(config):
    """A draw a cycle, and it stays until it is used up."""
    rng = random.Random(config.seed)
    dut = Lfsr(config)
    draws = lfsr.draws(config, config.seed, 0, 40).tolist()

    async def testbench(ctx):
        for index, draw in enumerate(draws):
            idle = rng.choice([0, 0, 2]) if index > 15 else 0
            for _ in range(idle):
                assert ctx.get(dut.draw) == draw
                await ctx.tick()
            assert ctx.get(dut.draw) == draw, f"draw {index}"
            ctx.set(dut.step, 1)
            await ctx.tick()
            ctx.set(dut.step, 0)

    simulate(dut, testbench)


@pytest.mark.parametrize("step", [0, 1])
def test_load(step):
    """Also in a cycle of a step; the load of 0 does nothing, not even stop a step."""
    config = RandomConfig(lfsr_width=12, draw_bits=5, seed=77)
    dut = Lfsr(config)
    compared = 0

    async def check(ctx, seed, first):
        nonlocal compared
        ctx.set(dut.step, 1)
        for draw in lfsr.draws(config, seed, first, 10).tolist():
            assert ctx.get(dut.draw) == draw
            compared += 1
            await ctx.tick()

    async def load(ctx, seed):
        ctx.set(dut.step, step)
        ctx.set(dut.load, 1)
        ctx.set(dut.seed, seed)
        await ctx.tick()
        ctx.set(dut.load, 0)

    async def testbench(ctx):
        await check(ctx, config.seed, 0)
        await load(ctx, 0)
        await check(ctx, config.seed, 10 + step)
        # A seed without a load does nothing.
        ctx.set(dut.seed, 2**12 - 1)
        await check(ctx, config.seed, 20 + step)
        for seed in (1, 2**11, 2**12 - 1):
            await load(ctx, seed)
            await check(ctx, seed, 0)

    simulate(dut, testbench)
    assert compared == 60
