import numpy as np
import pytest
import torch

from golden.integer import IntegerModel
from golden.statistics import statistics
from golden.synthetic import random_config, random_program
from hdl.config import CoreConfig
from hdl.core import Core
from hdl.loading import program_writes
from hdl.registers import Register
from hdl.testing import simulate, stream_get, stream_put


def beats(config, pixels):
    """Cut one input into beats, filling up the last with ones, which must not matter."""
    width = config.ports.pixels_per_beat
    padded = pixels.tolist() + [1] * (config.beats_per_input * width - len(pixels))
    return [{"pixels": padded[start : start + width]} for start in range(0, len(padded), width)]


async def write(ctx, dut, address, value):
    """Write a register and return whether that was an error."""
    ctx.set(dut.request.payload, {"address": address, "write": 1, "data": value})
    ctx.set(dut.request.valid, 1)
    answer = await stream_get(ctx, dut.answer)
    ctx.set(dut.request.valid, 0)
    return answer.error


def run(config, program, pixels, *, loaded, send_idle=0, take_idle=0, passes=None):
    dut = Core(config, None if loaded else program)
    passes = passes or config.bayes.passes
    logits = IntegerModel(program).logits(pixels, passes=passes)
    expected = statistics(logits)
    compared = 0

    async def send(ctx):
        if loaded:
            assert await write(ctx, dut, Register.CONTROL, 0) == 0
            for address, value in program_writes(program):
                assert await write(ctx, dut, address, value) == 0, (address, value)
            assert await write(ctx, dut, Register.CONTROL, 1) == 0
        if passes != config.bayes.passes:
            assert await write(ctx, dut, Register.CONTROL, 0) == 0
            assert await write(ctx, dut, Register.PASSES, passes) == 0
            assert await write(ctx, dut, Register.CONTROL, 1) == 0
        for image in pixels:
            for beat in beats(config, image):
                await stream_put(ctx, dut.pixels, beat, idle=send_idle)

    async def take_logits(ctx):
        nonlocal compared
        for image in logits.tolist():
            for index, values in enumerate(image):
                for label, value in enumerate(values):
                    beat = await stream_get(ctx, dut.logits, idle=take_idle)
                    assert (beat.value, beat.index, beat.last) == (value, label, index == passes - 1)
                    compared += 1

    async def take_results(ctx):
        for i in range(len(pixels)):
            for label in range(config.network.classes):
                beat = await stream_get(ctx, dut.results, idle=take_idle)
                assert beat.index == label
                assert beat.sum == expected.sums[i, label]
                assert beat.square == expected.squares[i, label]
                assert beat.votes == expected.votes[i, label]
                assert beat.winner == expected.winner[i]

    simulate(dut, send, take_logits, take_results, max_cycles=500_000)
    assert compared == logits.numel() > 0


def random_pixels(config, rng, count):
    return torch.from_numpy(rng.integers(0, 2**config.network.input_bits, (count, config.network.inputs)))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("loaded", [False, True], ids=["initial", "loaded"])
def test_agrees_with_golden(seed, loaded):
    rng = np.random.default_rng(seed)
    config = random_config(rng)
    program = random_program(config, rng)
    run(config, program, random_pixels(config, rng, 4), loaded=loaded, send_idle=seed % 3, take_idle=seed // 3 * 2)


def test_named_configuration_and_other_number_of_passes():
    rng = np.random.default_rng(1)
    config = CoreConfig.load("tiny")
    program = random_program(config, rng)
    run(config, program, random_pixels(config, rng, 3), loaded=False, passes=3)
