"""Cores with drawn weights."""

import dataclasses

import numpy as np
import pytest

from golden.data import random_config, random_program
from golden.draws import states_after
from hdl.contract import Command, Register, program_rows, program_writes, row_words, row_writes, seed_writes
from hdl.testing import sending

from ..bus import read, write
from ..configurations import by_name
from ..core_bench import Bench, check, random_pixels
from ..drawn_layers import SMALLEST_DRAWN, drawn_config

#: Maps take several times as long, and are simulated natively as well.
each_shape = pytest.mark.parametrize(
    "maps", [pytest.param(False, id="vectors"), pytest.param(True, id="maps", marks=pytest.mark.slow)]
)
each_way = pytest.mark.parametrize(("sampling", "generators"), [("read", 1), ("pass", 4)])


@each_way
@each_shape
@pytest.mark.parametrize("pipeline", [pytest.param(0, marks=pytest.mark.slow), 4])
def test_agrees_with_golden(sampling, generators, maps, pipeline):
    config = drawn_config(sampling, generators, maps=maps, pipeline=pipeline)
    rng = np.random.default_rng([generators, pipeline])
    check(config, random_program(config, rng), random_pixels(config, rng, 2), send_idle=pipeline // 2, take_idle=1)


def test_agrees_with_golden_at_the_smallest_sizes():
    rng = np.random.default_rng(1)
    check(SMALLEST_DRAWN, random_program(SMALLEST_DRAWN, rng), random_pixels(SMALLEST_DRAWN, rng, 5))


@pytest.mark.slow
@pytest.mark.parametrize("maps", [False, True], ids=["vectors", "maps"])
@pytest.mark.parametrize("seed", range(3))
def test_random_configurations_agree_with_golden(maps, seed):
    rng = np.random.default_rng(seed)
    config = random_config(rng, convolutions=maps, bayes={"method": "sampled-weights", "max_passes": 4})
    check(config, random_program(config, rng), random_pixels(config, rng, 2), send_idle=seed % 3, take_idle=seed % 2)


@pytest.mark.parametrize(
    "config",
    [
        SMALLEST_DRAWN,
        pytest.param(drawn_config("read", 1), marks=pytest.mark.slow),
        pytest.param(drawn_config("pass", 4), marks=pytest.mark.slow),
    ],
    ids=by_name,
)
def test_loaded_through_registers_reseeded_and_read_back(config):
    """An empty core computes, once programmed, as one that was generated with the Program, and holds its rows."""
    rng = np.random.default_rng(7)
    program = dataclasses.replace(random_program(config, rng), seed=77)
    reseeded = dataclasses.replace(program, seed=2**config.random.lfsr_width - 3)
    pixels = random_pixels(config, rng, 2)
    bench, middle = Bench(config), 1234
    runs = [
        (program, 0, [*program_writes(program)]),
        (reseeded, middle, [*seed_writes(states_after(reseeded, middle))]),
    ]
    for expected, first_pass, _ in runs:
        bench.expect(expected, pixels, first_pass=first_pass)
    words, rows = row_words(config), [row for row in program_rows(program) if not row.thresholds]

    async def testbench(ctx):
        for index, (_, _, writes) in enumerate(runs):
            await bench.stop(ctx)
            for address, value in writes:
                await write(ctx, bench.dut, address, value)
            assert await read(ctx, bench.dut, Register.ERRORS) == 0
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < len(pixels) * (index + 1):
                await ctx.tick()
        await bench.stop(ctx)
        for row in rng.choice(np.array(rows, dtype=object), 8):
            for address, value in row_writes(row, Command.READ, words):
                await write(ctx, bench.dut, address, value)
            assert await read(ctx, bench.dut, Register.DATA) == row.bits, row

    bench.run(testbench, bench.finish)
