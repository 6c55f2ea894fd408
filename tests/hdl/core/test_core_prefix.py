"""Cores with the order by prefixes."""

import dataclasses

import numpy as np
import pytest

from golden.data import random_config, random_program
from hdl.contract import Register, code_register
from hdl.testing import sending

from ..bus import write
from ..configurations import predictive
from ..core_bench import Bench, random_pixels

#: Hidden layers and probabilities: one and several mask bits, and masks that never occur.
CASES = {
    "one": ([4], [0.5]),
    "two": ([5, 3], [0.3, 0.6]),
    "three": ([4, 6, 5], [0.3, 0.5, 0.2]),
    "never": ([4, 6, 5], [0.0, 0.5, 0.0]),
}


def case(name, seed=1, passes=7, **overrides):
    hidden, p = CASES[name]
    rng = np.random.default_rng(seed)
    config = random_config(
        rng,
        network={"hidden": hidden, "inputs": 10, "input_bits": 2, "classes": 3},
        bayes={"method": "scale-dropout", "order": "prefix", "p": p, "passes": passes, "max_passes": 12},
        random={"lfsr_width": 16, "draw_bits": 4, "seed": 0x1234},
        **overrides,
    )
    return config, random_program(config, rng), rng


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("take_idle", [0, 5])
@pytest.mark.parametrize("send_idle", [0, 3])
def test_drawn_masks(name, send_idle, take_idle):
    config, program, rng = case(name)
    pixels = random_pixels(config, rng, 5)
    bench = Bench(config, program, take_idle=take_idle)
    bench.expect(program, pixels)
    bench.run(sending(bench.dut.pixels, bench.all_beats(pixels), idle=send_idle), bench.finish)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("take_idle", [0, 5])
def test_modes_passes_and_codes_at_run_time(name, take_idle):
    """Drawn masks, exact, other codes, drawn again where the sequence was, one pass."""
    config, program, rng = case(name)
    pixels = random_pixels(config, rng, 3)
    codes = rng.integers(0, 16, config.stochastic.mask_width)
    recoded = dataclasses.replace(program, codes=codes)
    bench = Bench(config, program, take_idle=take_idle)
    bench.expect(program, pixels)
    bench.expect(program, pixels, exact=True)
    bench.expect(recoded, pixels, exact=True)
    bench.expect(recoded, pixels, first_pass=3 * 7)
    bench.expect(recoded, pixels, passes=1, first_pass=6 * 7)
    recode = [(code_register(index), int(code)) for index, code in enumerate(codes)]
    changes = [[], [(Register.EXACT, 1)], recode, [(Register.EXACT, 0)], [(Register.PASSES, 1)]]

    async def testbench(ctx):
        for index, writes in enumerate(changes, start=1):
            await bench.stop(ctx)
            for address, value in writes:
                await write(ctx, bench.dut, address, value)
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < 3 * index:
                await ctx.tick()
        await bench.finish(ctx)

    bench.run(testbench)


#: Bits of a draw, hidden layers and bits of a logit, of sums of weights that 32 bits do not hold, up to the largest.
LARGE = [(11, [4, 6, 5], 12), (28, [4, 3], 4), (14, [3, 2, 3, 2], 4)]


@pytest.mark.parametrize(("draw_bits", "hidden", "width"), LARGE)
def test_exact_weights_of_many_bits(draw_bits, hidden, width):
    """Statistics and measures of probabilities that are nearly 1, and of nearly equal ones."""
    rng = np.random.default_rng([draw_bits, *hidden])
    config = random_config(
        rng,
        network={"hidden": hidden, "inputs": 4, "input_bits": 1, "classes": 3},
        array={"rows": 4, "cols": 4, "rows_per_read": 4},
        bayes={"method": "scale-dropout", "order": "prefix", "p": [0.5] * len(hidden), "passes": 4, "max_passes": 12},
        random={"lfsr_width": 32, "draw_bits": draw_bits, "seed": 0x1234},
        logits={"width": width, "fraction": 2},
    )
    config = predictive(config, probability_bits=10, entropy_bits=16, threshold=0.5)
    assert config.pass_weight_total > 2**32
    program, pixels = random_program(config, rng), random_pixels(config, rng, 3)
    bench = Bench(config, program)
    codes = (program.codes.tolist(), [1] * len(hidden), [2**draw_bits - 1] * len(hidden), [0] * len(hidden))
    for given in codes:
        bench.expect(dataclasses.replace(program, codes=np.array(given)), pixels, exact=True)

    async def testbench(ctx):
        for index, given in enumerate(codes, start=1):
            await bench.stop(ctx)
            await write(ctx, bench.dut, Register.EXACT, 1)
            for number, code in enumerate(given):
                await write(ctx, bench.dut, code_register(number), code)
            await write(ctx, bench.dut, Register.CONTROL, 1)
            await sending(bench.dut.pixels, bench.all_beats(pixels))(ctx)
            while bench.done < len(pixels) * index:
                await ctx.tick()
        await bench.finish(ctx)

    bench.run(testbench)
