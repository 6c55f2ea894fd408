"""Cores with self-tests of several stochastic units."""

import dataclasses

import numpy as np
import pytest

from golden.data import random_program
from golden.draws import stochastic_unit, watch_units, watched_draws
from hdl.config import CoreConfig
from hdl.contract import Command, Register, code_register
from hdl.testing import sending

from ..bus import read, refused, write
from ..configurations import by_name
from ..core_bench import Bench, random_pixels
from ..local_layers import local_config
from .test_core_random import FOUR, WORD, changed

_SELF_TEST = {"window_bits": 2, "bound": 1, "drop_run": 6, "keep_run": 7}


def watched(config):
    return CoreConfig.model_validate({**config.model_dump(), "self_test": _SELF_TEST})


#: Registers side by side that draw as often, or one for nobody in the last step; draws from outside; and units of two
#: layers, two each or a single one in all.
CONFIGURATIONS = (
    *(changed(FOUR, units=units, self_test=_SELF_TEST) for units in (2, 3, 4)),
    changed(FOUR, units=3, source="external", self_test=_SELF_TEST),
    watched(local_config("spatial-dropout", 2)),
    watched(local_config("spin-dropout", 1)),
    pytest.param(watched(local_config("spin-dropout", 2, maps=True)), marks=pytest.mark.slow),
)


def told(record):
    """Return a record as register values."""
    windows = len(record.drops)
    return {
        "flags": int(record.stuck[-1]) | int(record.out_of_bounds[-1]) << 1 | int(windows > 0) << 2,
        "draws": record.draws,
        "drops": int(record.drops[-1]) if windows else 0,
        "deviation": int(record.deviations[-1]) if windows else 0,
    }


async def shown(ctx, dut, unit):
    """Read the registers of ``unit``."""
    await write(ctx, dut, Register.SELF_TEST_UNIT, unit)
    deviation = await read(ctx, dut, Register.SELF_TEST_DEVIATION)
    return {
        "flags": await read(ctx, dut, Register.SELF_TEST),
        "draws": await read(ctx, dut, Register.SELF_TEST_DRAWS),
        "drops": await read(ctx, dut, Register.SELF_TEST_DROPS),
        "deviation": deviation - WORD * (deviation >> 31),
    }


@pytest.mark.parametrize("config", CONFIGURATIONS, ids=by_name)
def test_registers_tell_of_each_unit(config):
    """Findings equal golden's for each selection, with other codes and limits each time; the faulty unit is named."""
    rng = np.random.default_rng([*config.name.encode(), config.random.units, config.stochastic.external])
    program = random_program(config, rng)
    passes, inputs, rounds = config.bayes.passes, 3, max(config.stochastic.mask_width + 1, 3)
    pixels = random_pixels(config, rng, inputs)
    bench = Bench(config, program)
    units, alarmed = len(config.stochastic.watched), set()

    async def testbench(ctx):
        codes, limits, select = program.codes, config.self_test, 0
        for round_ in range(rounds):
            first_pass = round_ * inputs * passes
            bench.expect(dataclasses.replace(program, codes=codes), pixels, first_pass=first_pass)
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < inputs * (round_ + 1):
                await ctx.tick()
            await bench.stop(ctx)
            drawn = watched_draws(program, inputs, passes=passes, first_pass=first_pass)
            records = watch_units(config, codes, drawn, limits=limits, select=select)
            assert len(records) == units
            for unit, record in enumerate(records):
                assert await shown(ctx, bench.dut, unit) == told(record), f"unit {unit}"
            alarms = [bool(record.stuck[-1] or record.out_of_bounds[-1]) for record in records]
            assert await read(ctx, bench.dut, Register.SELF_TEST_ALARMS) == sum(
                alarm << unit for unit, alarm in enumerate(alarms)
            )
            alarmed.update(alarms)
            # Trimmed, with other limits or with none, and begun anew.
            codes = rng.integers(0, 2**config.random.draw_bits, len(codes))
            bound, run = (int(rng.integers(3)), 9) if round_ % 2 else (limits.window, 0)
            limits = limits.model_copy(update={"bound": bound, "drop_run": run, "keep_run": run})
            select = (round_ + 1) % (config.stochastic.mask_width + 1)
            writes = [(code_register(layer), int(code)) for layer, code in enumerate(codes)]
            writes += [
                (Register.SELF_TEST_SELECT, select),
                (Register.SELF_TEST_BOUND, limits.bound),
                (Register.SELF_TEST_RUNS, limits.drop_run | limits.keep_run << 16),
                (Register.COMMAND, Command.CLEAR_COUNTERS),
            ]
            for address, value in writes:
                await write(ctx, bench.dut, address, value)
            assert await read(ctx, bench.dut, Register.SELF_TEST_ALARMS) == 0
            for unit in range(units):
                assert not any((await shown(ctx, bench.dut, unit)).values())
        await refused(ctx, bench.dut, Register.SELF_TEST_UNIT, units)
        await refused(ctx, bench.dut, Register.SELF_TEST_ALARMS, 0)

    background = []
    if config.stochastic.external:
        draws = stochastic_unit.draws(config, program.seed, rounds * inputs, passes=passes)
        background.append(sending(bench.dut.entropy, stochastic_unit.beats(config, draws)))
    bench.run(testbench, *background, bench.finish)
    assert alarmed == {False, True}


def test_a_single_local_unit_needs_no_choice():
    """One layer with one unit: the registers are those of any core with one unit."""
    fields = local_config("spatial-dropout", 1).model_dump()
    network, bayes = fields["network"] | {"hidden": [5]}, fields["bayes"] | {"p": [0.3]}
    config = CoreConfig.model_validate({**fields, "network": network, "bayes": bayes, "self_test": _SELF_TEST})
    rng = np.random.default_rng(3)
    program = random_program(config, rng)
    pixels = random_pixels(config, rng, 3)
    bench = Bench(config, program)
    bench.expect(program, pixels)
    (record,) = watch_units(config, program.codes, watched_draws(program, 3, passes=config.bayes.passes))
    assert record.draws == 3 * config.bayes.passes * 5

    async def testbench(ctx):
        await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
        await bench.finish(ctx)
        for register in (Register.SELF_TEST_UNIT, Register.SELF_TEST_ALARMS):
            await refused(ctx, bench.dut, register)
        names = ("SELF_TEST", "SELF_TEST_DRAWS", "SELF_TEST_DROPS", "SELF_TEST_DEVIATION")
        found = [await read(ctx, bench.dut, Register[name]) for name in names]
        assert found == [value % WORD for value in told(record).values()]
        # There is nothing to select.
        assert await read(ctx, bench.dut, Register.SELF_TEST_SELECT) == 0
        await bench.stop(ctx)
        await refused(ctx, bench.dut, Register.SELF_TEST_SELECT, 1)

    bench.run(testbench)
