"""Cores whose passes come in the order by prefixes."""

import dataclasses

import numpy as np
import pytest

from golden.data.synthetic import random_config, random_program
from hdl.contract.registers import Register, code_register
from hdl.testing import sending

from ..bus import write
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
