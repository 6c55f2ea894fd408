"""Cores with affine dropout compared with golden."""

import dataclasses
import random

import numpy as np
import pytest

from golden.data import random_config, random_program
from golden.draws import states_after
from hdl.contract import (
    Command,
    Register,
    code_register,
    program_rows,
    program_writes,
    row_words,
    row_writes,
    seed_writes,
)
from hdl.testing import sending

from ..affine import AFFINE, AFFINE_CONVOLUTIONAL, AROUND, affine
from ..bus import read, write
from ..configurations import PADDED, SHORTCUT, SMALLEST, by_name, each_stall
from ..core_bench import Bench, check, random_pixels

each_small = pytest.mark.parametrize(
    "config", [affine(SMALLEST), pytest.param(affine(SHORTCUT), marks=pytest.mark.slow)], ids=by_name
)


@pytest.mark.parametrize("config", [affine(SMALLEST), affine(PADDED), AROUND], ids=by_name)
def test_a_few_agree_with_golden(config):
    """Also a residual around a layer that waits for whole maps."""
    rng = np.random.default_rng([1, *config.name.encode()])
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, 2), take_idle=2)


@pytest.mark.slow
@pytest.mark.parametrize("config", AFFINE, ids=by_name)
@each_stall
def test_agrees_with_golden(config, send_idle, take_idle):
    rng = np.random.default_rng([send_idle, take_idle, *config.name.encode()])
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, 3), send_idle=send_idle, take_idle=take_idle)


@pytest.mark.slow
@pytest.mark.parametrize("config", AFFINE_CONVOLUTIONAL, ids=by_name)
@pytest.mark.parametrize("take_idle", [0, 3])
def test_convolutions_agree_with_golden(config, take_idle):
    rng = np.random.default_rng([take_idle, *config.name.encode()])
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, 2), take_idle=take_idle)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("convolutions", [False, True], ids=["linear", "convolutions"])
def test_random_configurations_agree_with_golden(seed, convolutions):
    rng = np.random.default_rng(seed)
    config = random_config(rng, convolutions=convolutions, bayes={"method": "affine-dropout"})
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, 2), send_idle=seed % 3, take_idle=seed // 2 % 2)


@each_small
def test_programmed_and_seeded_through_registers(config):
    """An empty core is loaded; then other codes, a seed, and the seed of a worker that starts in the middle."""
    rng = np.random.default_rng(11)
    program = random_program(config, rng)
    codes = rng.integers(0, 2**config.random.draw_bits, config.stochastic.mask_width)
    seed = 2**config.random.lfsr_width - 3
    recoded = dataclasses.replace(program, codes=codes)
    reseeded = dataclasses.replace(recoded, seed=seed)
    pixels = random_pixels(config, rng, 3)
    done = len(pixels) * config.bayes.passes
    bench = Bench(config)
    bench.expect(program, pixels)
    bench.expect(recoded, pixels, first_pass=done)
    bench.expect(reseeded, pixels)
    bench.expect(reseeded, pixels, first_pass=5 * done)

    async def testbench(ctx):
        changes = [
            program_writes(program),
            [(code_register(index), int(code)) for index, code in enumerate(codes)],
            seed_writes(config.stochastic.seeds(seed)),
            seed_writes(states_after(reseeded, 5 * done)),
        ]
        for index, writes in enumerate(changes):
            await bench.stop(ctx)
            for address, value in writes:
                await write(ctx, bench.dut, address, value)
            assert await read(ctx, bench.dut, Register.ERRORS) == 0
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < len(pixels) * (index + 1):
                await ctx.tick()

    bench.run(testbench, bench.finish)


@each_small
def test_rows_are_read_back(config):
    """After the core has computed, with garbage in the columns of padding."""
    rng = np.random.default_rng(5)
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 2)
    words = row_words(config)
    garbage = random.Random(5)
    rows = [row for row in program_rows(program) if row.thresholds]
    used = [
        min(layer.cols, layer.outputs - row.tile * layer.cols) for row in rows for layer in [config.layers[row.layer]]
    ]
    rows = [
        dataclasses.replace(row, bits=row.bits | garbage.getrandbits(config.array.cols) >> some << some)
        for row, some in zip(rows, used, strict=True)
    ]
    bench = Bench(config, program)
    bench.expect(program, pixels)

    async def testbench(ctx):
        await bench.stop(ctx)
        for row in rows:
            for address, value in row_writes(row, Command.PROGRAM, words):
                await write(ctx, bench.dut, address, value)
        await write(ctx, bench.dut, Register.CONTROL, 1)
        await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
        await bench.finish(ctx)
        await bench.stop(ctx)
        for row in garbage.sample(rows, min(len(rows), 40)):
            for address, value in row_writes(row, Command.READ, words):
                await write(ctx, bench.dut, address, value)
            values = [await read(ctx, bench.dut, Register.DATA) for _ in range(words)]
            assert sum(value << 32 * index for index, value in enumerate(values)) == row.bits, row

    bench.run(testbench)
