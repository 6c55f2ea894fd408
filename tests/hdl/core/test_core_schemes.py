"""Cores of schemes with local units, or with several sets of weights."""

import dataclasses

import numpy as np
import pytest

from golden.data.synthetic import random_config, random_program
from golden.draws.draws import states_after
from hdl.config import StochasticUnits
from hdl.contract.loading import program_writes, row_writes, seed_writes
from hdl.contract.registers import Command, Register, code_register, row_words
from hdl.contract.rows import program_rows
from hdl.testing import sending

from ..bus import read, write
from ..core_bench import Bench, check, random_pixels
from ..local_layers import local_config

METHODS = ("spatial-dropout", "spin-dropout", "subset-vi", "ensemble")

each_method = pytest.mark.parametrize("method", METHODS)
#: Maps take several times as long, and are simulated natively as well.
each_shape = pytest.mark.parametrize(
    "maps", [pytest.param(False, id="vectors"), pytest.param(True, id="maps", marks=pytest.mark.slow)]
)


def small(method, *, maps=False):
    """Return a configuration with several units in each layer, one of which is not used in the last step."""
    units = 1 if method == "ensemble" else 2
    own = {"subset-vi": {"levels": 5}, "ensemble": {"sets": 4}}.get(method, {})
    return local_config(method, units, maps=maps, planes_per_cycle=3, **own)


@each_method
@each_shape
@pytest.mark.parametrize("seed", range(2))
def test_random_configurations_agree_with_golden(method, maps, seed):
    rng = np.random.default_rng([seed, METHODS.index(method)])
    config = random_config(rng, convolutions=maps, bayes={"method": method, "max_passes": 5})
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, 2), send_idle=seed % 3, take_idle=seed % 2)


@each_method
@each_shape
def test_reseeded_through_registers(method, maps):
    """The sequences of all units go on across other codes, begin again with a seed, and begin in the middle."""
    rng = np.random.default_rng(11)
    config = small(method, maps=maps)
    program = random_program(config, rng)
    codes = rng.integers(0, 2**config.random.draw_bits, len(program.codes))
    recoded = dataclasses.replace(program, codes=codes)
    reseeded = dataclasses.replace(recoded, seed=2**config.random.lfsr_width - 3)
    pixels = random_pixels(config, rng, 2)
    done = len(pixels) * config.bayes.passes
    bench = Bench(config, program)
    middle = 1234
    runs = [
        (program, 0, []),
        (recoded, done, [(code_register(index), int(code)) for index, code in enumerate(codes)]),
        (reseeded, 0, [*seed_writes(config.stochastic.seeds(reseeded.seed))]),
        (reseeded, middle, [*seed_writes(states_after(reseeded, middle))]),
    ]
    for expected, first_pass, _ in runs:
        bench.expect(expected, pixels, first_pass=first_pass)

    async def testbench(ctx):
        for index, (_, _, writes) in enumerate(runs):
            await bench.stop(ctx)
            for address, value in writes:
                await write(ctx, bench.dut, address, value)
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < len(pixels) * (index + 1):
                await ctx.tick()

    bench.run(testbench, bench.finish)


@pytest.mark.parametrize("method", METHODS[:3])
def test_a_single_unit_is_reseeded(method):
    """Each has its own number: the others go on as they were."""
    rng = np.random.default_rng(12)
    config = small(method)
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 3)
    states = list(config.stochastic.seeds(program.seed))
    unit = len(states) - 1
    states[unit] ^= 5
    bench = Bench(config, program)
    with pytest.MonkeyPatch.context() as patch:
        # Golden, too, lets one unit start from elsewhere.
        patch.setattr(StochasticUnits, "seeds", lambda *_: tuple(states))
        bench.expect(program, pixels)

    async def testbench(ctx):
        await bench.stop(ctx)
        await write(ctx, bench.dut, Register.UNIT, unit)
        await write(ctx, bench.dut, Register.SEED_LOW, states[unit])
        await write(ctx, bench.dut, Register.SEED_HIGH, 0)
        await write(ctx, bench.dut, Register.COMMAND, Command.RESEED)
        await write(ctx, bench.dut, Register.CONTROL, 1)
        await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)

    bench.run(testbench, bench.finish)


@each_method
@each_shape
def test_loaded_through_registers_and_read_back(method, maps):
    """An empty core computes, once programmed, as one that was generated with the Program, and holds its rows."""
    rng = np.random.default_rng(7)
    config = small(method, maps=maps)
    program = dataclasses.replace(random_program(config, rng), seed=77)
    pixels = random_pixels(config, rng, 2)
    bench = Bench(config)
    bench.expect(program, pixels)
    words = row_words(config)
    rows = list(program_rows(program))
    neurons = [row for row in rows if row.thresholds]

    async def testbench(ctx):
        await bench.stop(ctx)
        for address, value in program_writes(program):
            await write(ctx, bench.dut, address, value)
        assert await read(ctx, bench.dut, Register.ERRORS) == 0
        await write(ctx, bench.dut, Register.CONTROL, 1)
        await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
        await bench.finish(ctx)
        await bench.stop(ctx)
        for row in [*neurons, *rng.choice(np.array(rows, dtype=object), 20)]:
            for address, value in row_writes(row, Command.READ, words):
                await write(ctx, bench.dut, address, value)
            assert await read(ctx, bench.dut, Register.DATA) == row.bits, row

    bench.run(testbench)


@each_method
def test_units_beside_each_other(method):
    """More of them than a layer has channels, and a single one, also at all positions of a map."""
    rng = np.random.default_rng(3)
    config = local_config(method, 1 if method == "ensemble" else 4)
    check(config, random_program(config, rng), random_pixels(config, rng, 2), take_idle=2)
    config = random_config(
        np.random.default_rng(4),
        convolutions=True,
        network={"image": [2, 4, 1], "convolutions": [{"channels": 3, "pool": 2}], "hidden": [2], "input_bits": 1},
        bayes={"method": method, "max_passes": 3},
        random={} if method == "ensemble" else {"units": 1},
    )
    check(config, random_program(config, rng), random_pixels(config, rng, 2), send_idle=1)
