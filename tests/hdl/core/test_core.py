import dataclasses

import numpy as np
import pytest

from golden.data import random_config, random_program
from hdl.config import CoreConfig
from hdl.contract import Command, Register, code_register, seed_writes
from hdl.testing import sending

from ..bus import write
from ..configurations import PADDED, SHORTCUT, SMALLEST, by_name, each_configuration, each_stall
from ..core_bench import Bench, check, random_pixels

TINY = CoreConfig.load("tiny")


@each_configuration
@each_stall
def test_agrees_with_golden(config, send_idle, take_idle):
    rng = np.random.default_rng([send_idle, take_idle, *config.name.encode()])
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, 4), send_idle=send_idle, take_idle=take_idle)


@pytest.mark.parametrize("seed", range(8))
def test_random_configurations_agree_with_golden(seed):
    rng = np.random.default_rng(seed)
    config = random_config(rng)
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, 3), send_idle=seed % 3, take_idle=seed // 3 % 2)


def test_named_configuration_agrees_with_golden():
    rng = np.random.default_rng(1)
    check(TINY, random_program(TINY, rng), random_pixels(TINY, rng, 3))


@pytest.mark.parametrize("config", [SMALLEST, PADDED, SHORTCUT], ids=by_name)
def test_reseeded_with_other_codes(config):
    """The random sequence goes on across a change of the codes, and begins again with a seed."""
    rng = np.random.default_rng(11)
    program = random_program(config, rng)
    seed = 2**config.random.lfsr_width - 3
    codes = rng.integers(0, 2**config.random.draw_bits, config.stochastic.mask_width)
    recoded = dataclasses.replace(program, codes=codes)
    reseeded = dataclasses.replace(recoded, seed=seed)
    pixels = random_pixels(config, rng, 3)
    done = len(pixels) * config.bayes.passes
    bench = Bench(config, program)
    bench.expect(program, pixels)
    bench.expect(recoded, pixels, first_pass=done)
    bench.expect(reseeded, pixels)

    async def testbench(ctx):
        changes = [
            (),
            [(code_register(layer), int(code)) for layer, code in enumerate(codes)],
            seed_writes(config.stochastic.seeds(seed)),
        ]
        for index, writes in enumerate(changes):
            await bench.stop(ctx)
            for address, value in writes:
                await write(ctx, bench.dut, address, value)
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < len(pixels) * (index + 1):
                await ctx.tick()

    bench.run(testbench, bench.finish)


@pytest.mark.parametrize("take_idle", [0, 3])
@pytest.mark.parametrize("config", [SMALLEST, PADDED, SHORTCUT], ids=by_name)
def test_disabled_in_mid_stream(config, take_idle):
    """Started inputs are finished; the others wait, and may get another number of passes."""
    rng = np.random.default_rng(13)
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 30 if config.layers[0].window is None else 8)
    first, then = config.bayes.passes, config.bayes.max_passes
    bench = Bench(config, program, take_idle=take_idle)

    async def testbench(ctx):
        while bench.done < 2:
            await ctx.tick()
        await bench.stop(ctx)
        before = bench.done
        assert 2 <= before < len(pixels)
        for _ in range(200):
            await ctx.tick()
        assert bench.done == before
        await write(ctx, bench.dut, Register.PASSES, then)
        bench.expect(program, pixels[:before], passes=first)
        bench.expect(program, pixels[before:], passes=then, first_pass=before * first)
        await write(ctx, bench.dut, Register.CONTROL, 1)
        await bench.finish(ctx)

    bench.run(sending(bench.dut.pixels, bench.all_beats(pixels)), testbench)


@pytest.mark.parametrize("config", [SMALLEST, PADDED, SHORTCUT], ids=by_name)
def test_reset_in_mid_flight(config):
    """At any moment: the core begins anew with what it was generated with, and only memories keep their contents."""
    rng = np.random.default_rng(17)
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 3)
    bench = Bench(config, program, take_idle=1)
    bench.expect(program, pixels)
    beats = bench.all_beats(pixels)
    resets = 0

    async def reset(ctx):
        nonlocal resets
        ctx.set(bench.sync.rst, 1)
        await ctx.tick()
        ctx.set(bench.sync.rst, 0)
        bench.forget()
        resets += 1

    async def disturb(ctx, cycles):
        """Leave inputs and an access unfinished."""
        ctx.set(bench.dut.pixels.valid, 1)
        for cycle in range(cycles):
            ctx.set(bench.dut.pixels.payload, beats[cycle % len(beats)])
            await ctx.tick()
        ctx.set(bench.dut.request.payload, {"address": Register.CONTROL, "write": 1, "data": 0, "strobe": 15})
        ctx.set(bench.dut.request.valid, 1)
        await ctx.tick()
        ctx.set(bench.dut.pixels.valid, 0)
        ctx.set(bench.dut.request.valid, 0)
        await reset(ctx)

    async def testbench(ctx):
        for cycles in range(1, 120, 7):
            await disturb(ctx, cycles)
        # Row commands and new registers are forgotten as well.
        await bench.stop(ctx)
        await write(ctx, bench.dut, Register.PASSES, 1)
        for address, value in seed_writes([3]):
            await write(ctx, bench.dut, address, value)
        ctx.set(
            bench.dut.request.payload, {"address": Register.COMMAND, "write": 1, "data": Command.READ, "strobe": 15}
        )
        ctx.set(bench.dut.request.valid, 1)
        await ctx.tick()
        await ctx.tick()
        ctx.set(bench.dut.request.valid, 0)
        await reset(ctx)
        await sending(bench.dut.pixels, beats)(ctx)
        await bench.finish(ctx)

    bench.run(testbench)
    assert resets == 18
