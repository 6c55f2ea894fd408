import dataclasses
import random

import numpy as np
import pytest

from golden.data import random_program
from hdl.contract import Command, Register, program_rows, program_writes, row_words, row_writes
from hdl.testing import sending

from ..bus import read, refused, write
from ..configurations import CONFIGURATIONS, GROUPED, PADDED, cases
from ..core_bench import Bench, random_pixels


def with_garbage(rng, config, row):
    """Return ``row`` with random bits where there is neither weight nor threshold."""
    layer = config.layers[row.layer]
    col_tile = row.tile if row.thresholds else row.tile % layer.col_tiles
    used = min(layer.cols, layer.outputs - col_tile * layer.cols)
    if not row.thresholds and row.group >= layer.driven_groups(row.tile // layer.col_tiles, row.line):
        used = 0
    return dataclasses.replace(row, bits=row.bits | rng.getrandbits(layer.cols) >> used << used)


@pytest.mark.parametrize("config", cases([config for config in CONFIGURATIONS if config is not PADDED]))
def test_loaded_through_registers(config):
    """An empty core, programmed and verified, computes as the one that was generated with the Program."""
    rng = np.random.default_rng(7)
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 3)
    bench = Bench(config)
    bench.expect(program, pixels)

    async def testbench(ctx):
        await bench.stop(ctx)
        for address, value in program_writes(program):
            await write(ctx, bench.dut, address, value)
        assert await read(ctx, bench.dut, Register.ERRORS) == 0
        await write(ctx, bench.dut, Register.CONTROL, 1)
        await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)

    bench.run(testbench, bench.finish)


@pytest.mark.parametrize("config", cases([PADDED, *GROUPED]))
def test_padding_does_not_matter(config):
    """All of it is garbage; every row is read back as it was written, after the core has computed."""
    rng = np.random.default_rng(5)
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 3)
    words = row_words(config)
    garbage = random.Random(5)
    rows = [with_garbage(garbage, config, row) for row in program_rows(program)]
    assert rows != list(program_rows(program))
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
        for row in random.Random(6).sample(rows, min(len(rows), 40)):
            for address, value in row_writes(row, Command.READ, words):
                await write(ctx, bench.dut, address, value)
            values = [await read(ctx, bench.dut, Register.DATA) for _ in range(words)]
            assert sum(value << 32 * index for index, value in enumerate(values)) == row.bits, row

    bench.run(testbench)


def test_rows_that_do_not_exist_or_differ():
    """Errors of the blocks reach the register port; a row that differs is told by the status."""
    config = PADDED
    rng = np.random.default_rng(5)
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 1)
    words = row_words(config)
    bench = Bench(config, program)
    bench.expect(program, pixels)
    first = next(iter(program_rows(program)))
    last = config.layers[-1]
    missing = [
        dataclasses.replace(first, layer=3),
        dataclasses.replace(first, layer=last.index, thresholds=True),
        dataclasses.replace(first, layer=1, group=config.layers[1].array_groups),
        dataclasses.replace(first, layer=0, line=config.array.rows_per_read),
        dataclasses.replace(first, layer=0, thresholds=True, tile=config.layers[0].col_tiles),
    ]

    async def testbench(ctx):
        await bench.stop(ctx)
        for row in missing:
            for command in (Command.PROGRAM, Command.READ, Command.VERIFY):
                *writes, (address, value) = row_writes(row, command, words)
                for place in writes:
                    await write(ctx, bench.dut, *place)
                await refused(ctx, bench.dut, address, value)
        assert await read(ctx, bench.dut, Register.ERRORS) == 1
        await write(ctx, bench.dut, Register.ERRORS, 1)
        wrong = dataclasses.replace(first, bits=first.bits ^ 1)
        for row, status in ((first, 0), (wrong, 2), (first, 2)):
            for place in row_writes(row, Command.VERIFY, words):
                await write(ctx, bench.dut, *place)
            assert await read(ctx, bench.dut, Register.ERRORS) == status
        await write(ctx, bench.dut, Register.CONTROL, 1)
        await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)

    bench.run(testbench, bench.finish)


def test_correction_is_set_and_read():
    config = PADDED
    rng = np.random.default_rng(9)
    program, other = random_program(config, rng), random_program(config, rng)
    changed = dataclasses.replace(program, gains=other.gains, offsets=other.offsets, shifts=other.shifts)
    pixels = random_pixels(config, rng, 2)
    bench = Bench(config, program)
    bench.expect(program, pixels)
    done = len(pixels) * config.bayes.passes
    bench.expect(changed, pixels, first_pass=done)

    async def fetch(ctx, index):
        await write(ctx, bench.dut, Register.CLASS, index)
        await write(ctx, bench.dut, Register.COMMAND, Command.FETCH_CORRECTION)
        values = [await read(ctx, bench.dut, register) for register in (Register.GAIN, Register.OFFSET, Register.SHIFT)]
        return [value - 2**32 * (value >> 31) for value in values]

    async def testbench(ctx):
        await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
        while bench.done < len(pixels):
            await ctx.tick()
        await bench.stop(ctx)
        for index in range(config.network.classes):
            assert await fetch(ctx, index) == [int(c[index]) for c in (program.gains, program.offsets, program.shifts)]
            for register, value in (
                (Register.GAIN, changed.gains[index]),
                (Register.OFFSET, changed.offsets[index]),
                (Register.SHIFT, changed.shifts[index]),
            ):
                await write(ctx, bench.dut, register, int(value) % 2**32)
            await write(ctx, bench.dut, Register.COMMAND, Command.STORE_CORRECTION)
        for index in range(config.network.classes):
            assert await fetch(ctx, index) == [int(c[index]) for c in (changed.gains, changed.offsets, changed.shifts)]
        await write(ctx, bench.dut, Register.CONTROL, 1)
        await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)

    bench.run(testbench, bench.finish)
