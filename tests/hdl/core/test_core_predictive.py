"""Cores with predictive probabilities compared with golden."""

import itertools

import numpy as np
import pytest

from golden.data import random_program
from hdl.config import Measure
from hdl.contract import Register
from hdl.testing import sending

from ..bus import write
from ..configurations import CONFIGURATIONS, ONE_PIXEL, PADDED, SHORTCUT, by_name, each_stall, predictive
from ..core_bench import Bench, check, random_pixels

CORES = (
    *(predictive(config) for config in (*CONFIGURATIONS, SHORTCUT, ONE_PIXEL)),
    predictive(PADDED, probability_bits=12, entropy_bits=12, measure="error-probability", threshold=0.4),
)


@pytest.mark.parametrize("config", CORES, ids=by_name)
@each_stall
def test_agrees_with_golden(config, send_idle, take_idle):
    rng = np.random.default_rng([send_idle, take_idle, *config.name.encode()])
    program = random_program(config, rng)
    check(config, program, random_pixels(config, rng, 5), send_idle=send_idle, take_idle=take_idle)


def test_measure_and_threshold_are_chosen():
    """Between inputs, each measure, from a threshold that all reach to one that none does."""
    config = predictive(PADDED)
    rng = np.random.default_rng(3)
    program, pixels = random_program(config, rng), random_pixels(config, rng, 2)
    highest = 2**config.measures.threshold_width - 1
    chosen = list(itertools.product(Measure, (0, 20, highest)))
    done = len(pixels) * config.bayes.passes
    bench = Bench(config, program)
    for index, unknown in enumerate(chosen):
        bench.expect(program, pixels, first_pass=index * done, unknown=unknown)

    async def testbench(ctx):
        for index, (measure, threshold) in enumerate(chosen):
            await bench.stop(ctx)
            await write(ctx, bench.dut, Register.UNKNOWN, measure.code << 24 | threshold)
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < len(pixels) * (index + 1):
                await ctx.tick()

    bench.run(testbench, bench.finish)


def test_many_inputs_of_one_pass():
    """Divisions are slower than the layers: inputs wait, in every queue, and none is lost."""
    config = predictive(CONFIGURATIONS[1], probability_bits=12, entropy_bits=12)
    rng = np.random.default_rng(4)
    program = random_program(config, rng)
    bench = Bench(config, program)
    pixels = random_pixels(config, rng, 40)
    bench.expect(program, pixels)
    bench.run(sending(bench.dut.pixels, bench.all_beats(pixels)), bench.finish)
