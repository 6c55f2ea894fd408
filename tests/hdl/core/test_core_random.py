"""Cores with parallel registers, external draws, self-tests."""

import dataclasses

import numpy as np
import pytest

from golden.data import random_program
from golden.draws import stochastic_unit, watch
from hdl.config import CoreConfig
from hdl.config.geometries import geometry
from hdl.contract import Command, Register, code_register, seed_writes
from hdl.testing import sending

from ..bus import read, write
from ..configurations import PADDED, SHORTCUT, SMALLEST, by_name
from ..core_bench import Bench, check, random_pixels

WORD = 2**32

_SELF_TEST = {"window_bits": 2, "bound": 2, "drop_run": 5, "keep_run": 6}


def changed(config, *, self_test=None, **random):
    fields = config.model_dump()
    return CoreConfig.model_validate({**fields, "random": {**fields["random"], **random}, "self_test": self_test})


#: More layers than any other, so that units are for several bits each.
FOUR = geometry("four")


@pytest.mark.parametrize("units", [2, 3, 4])
def test_units_side_by_side(units):
    """From reset, across changed codes, and again from other seeds."""
    config = changed(FOUR, units=units)
    assert (config.stochastic.units, config.stochastic.mask_steps) == (units, -(-4 // units))
    rng = np.random.default_rng(units)
    program = random_program(config, rng)
    reseeded = dataclasses.replace(program, seed=12345)
    pixels = random_pixels(config, rng, 3)
    bench = Bench(config, program)
    bench.expect(program, pixels)
    bench.expect(reseeded, pixels)

    async def testbench(ctx):
        for index, writes in enumerate([(), seed_writes(config.stochastic.seeds(12345))]):
            await bench.stop(ctx)
            for address, value in writes:
                await write(ctx, bench.dut, address, value)
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < len(pixels) * (index + 1):
                await ctx.tick()

    bench.run(testbench, bench.finish)
    check(config, program, pixels, send_idle=2, take_idle=3)


@pytest.mark.parametrize("config", [SMALLEST, PADDED, SHORTCUT, FOUR], ids=by_name)
@pytest.mark.parametrize("idle", [0, 5])
def test_draws_from_outside(config, idle):
    """As many as the masks need, no more: with golden's sequence the results are those of the register."""
    config = changed(config, source="external")
    rng = np.random.default_rng([idle, *config.name.encode()])
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 3)
    draws = stochastic_unit.draws(config, program.seed, len(pixels), passes=config.bayes.passes)
    bench = Bench(config, program, take_idle=1)
    bench.expect(program, pixels)
    pixel_sender = sending(bench.dut.pixels, bench.all_beats(pixels))
    bench.run(pixel_sender, sending(bench.dut.entropy, draws.reshape(-1).tolist(), idle=idle), bench.finish)


async def shown(ctx, dut):
    """Read the registers of the self-test, in golden's form."""
    flags = await read(ctx, dut, Register.SELF_TEST)
    deviation = await read(ctx, dut, Register.SELF_TEST_DEVIATION)
    return {
        "stuck": flags & 1,
        "out_of_bounds": flags >> 1 & 1,
        "complete": flags >> 2,
        "draws": await read(ctx, dut, Register.SELF_TEST_DRAWS),
        "drops": await read(ctx, dut, Register.SELF_TEST_DROPS),
        "deviation": deviation - WORD * (deviation >> 31),
    }


def expected(self_test, config, draws, codes, select):
    """Return golden's results for draws, shape (passes, L)."""
    passes, width = draws.shape
    index = np.tile(np.arange(width), passes)
    each = np.tile(codes, passes)
    dropped = draws.reshape(-1) < each
    record = watch(self_test, dropped, each, draw_bits=config.random.draw_bits, index=index, select=select)
    windows = len(record.drops)
    return {
        "stuck": int(record.stuck[-1]),
        "out_of_bounds": int(record.out_of_bounds[-1]),
        "complete": int(windows > 0),
        "draws": passes * width,
        "drops": int(record.drops[-1]) if windows else 0,
        "deviation": int(record.deviations[-1]) if windows else 0,
    }


@pytest.mark.parametrize("source", ["lfsr", "external"])
@pytest.mark.parametrize("config", [SMALLEST, PADDED, FOUR], ids=by_name)
def test_self_test(config, source):
    """Its registers tell what golden tells of the draws, for each selection, with other codes and limits each time."""
    config = changed(config, source=source, self_test=_SELF_TEST)
    rng = np.random.default_rng([len(source), *config.name.encode()])
    program = random_program(config, rng)
    width, passes, inputs = config.stochastic.mask_width, config.bayes.passes, 6
    draws = stochastic_unit.draws(config, program.seed, (width + 2) * inputs, passes=passes)
    in_order = draws.reshape(width + 2, inputs * passes, width).numpy()
    pixels = random_pixels(config, rng, inputs)
    bench = Bench(config, program)
    estimates = []

    async def testbench(ctx):
        codes, limits = program.codes, config.self_test
        for round_, drawn in enumerate(in_order):
            select = round_ if round_ <= width else 0
            bench.expect(dataclasses.replace(program, codes=codes), pixels, first_pass=round_ * inputs * passes)
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < inputs * (round_ + 1):
                await ctx.tick()
            await bench.stop(ctx)
            found = await shown(ctx, bench.dut)
            assert found == expected(limits, config, drawn, codes, select)
            estimates.append(found)
            # Trimmed, with other limits, and begun anew.
            codes = rng.integers(0, 2**config.random.draw_bits, width)
            limits = limits.model_copy(update={"bound": int(rng.integers(3)), "drop_run": 3, "keep_run": 4})
            writes = [(code_register(layer), int(code)) for layer, code in enumerate(codes)]
            writes += [
                (Register.SELF_TEST_SELECT, round_ + 1 if round_ < width else 0),
                (Register.SELF_TEST_BOUND, limits.bound),
                (Register.SELF_TEST_RUNS, limits.drop_run | limits.keep_run << 16),
                (Register.COMMAND, Command.CLEAR_COUNTERS),
            ]
            for address, value in writes:
                await write(ctx, bench.dut, address, value)
            assert not any((await shown(ctx, bench.dut)).values())

    background = [sending(bench.dut.entropy, draws.reshape(-1).tolist())] if source == "external" else []
    bench.run(testbench, *background, bench.finish)
    assert sum(each["complete"] for each in estimates) > 1
    assert len({each["drops"] for each in estimates}) > 1


@pytest.mark.parametrize("code", [4, 16, 28])
def test_a_trimmed_code_moves_the_estimate(code):
    """p is drops / W of the bit that is selected; the deviation stays about 0."""
    config = changed(PADDED, self_test={"window_bits": 5, "bound": 32, "drop_run": 0, "keep_run": 0})
    rng = np.random.default_rng(code)
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 6)
    bench = Bench(config, program)
    codes = np.array([0, code])
    bench.expect(dataclasses.replace(program, codes=codes), pixels, passes=6)

    async def testbench(ctx):
        await bench.stop(ctx)
        writes = [(code_register(0), 0), (code_register(1), code), (Register.SELF_TEST_SELECT, 2)]
        for address, value in (*writes, (Register.PASSES, 6), (Register.CONTROL, 1)):
            await write(ctx, bench.dut, address, value)
        await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
        await bench.finish(ctx)
        found = await shown(ctx, bench.dut)
        assert found["complete"]
        assert found["drops"] / 32 == pytest.approx(code / 32, abs=0.25)
        assert found["deviation"] == 32 * found["drops"] - 32 * code

    bench.run(testbench)
