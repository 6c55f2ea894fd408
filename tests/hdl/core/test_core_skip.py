"""Residuals past several convolutions.

Neither of the two paths through the core may wait for the other.
"""

import numpy as np
import pytest

from golden.data import random_program
from hdl.config import CoreConfig
from hdl.testing import sending

from ..configurations import SMALLEST, convolutional, each_stall
from ..core_bench import Bench, random_pixels

#: Word lines driven at a time: the convolutions are as fast as one another, or one of them is slower than the others.
FOLDINGS = {"even": (18, 18, 18, 18), "slow_first": (2, 18, 18, 18), "slow_last": (18, 18, 18, 6)}


def skipping(length, *, folding="even", skip=True, kernel=3):
    """Return a core with a residual past ``length`` convolutions, or the same without it."""
    lines = FOLDINGS[folding]
    convolutions = [{"channels": 2, "kernel": 1}, *({"channels": 2, "kernel": kernel} for _ in range(length))]
    if skip:
        convolutions[-1] |= {"skip": 0, "skip_gain": 9}
    last = lines[-1]
    folding = (lines[0], *lines[1:length], last, 18)
    return convolutional("skipping", (3, 4, 1), convolutions, array=(18, 2, 18, folding))


def run(config, *, images=2, send_idle=0, take_idle=0, max_cycles=20_000):
    """Compare with golden and return the cycles in which the last logit of each pass was taken."""
    rng = np.random.default_rng(len(config.layers))
    program, pixels = random_program(config, rng), random_pixels(config, rng, images)
    bench = Bench(config, program, take_idle=take_idle)
    bench.expect(program, pixels)
    bench.run(sending(bench.dut.pixels, bench.all_beats(pixels), idle=send_idle), bench.finish, max_cycles=max_cycles)
    return bench.logit_cycles[config.network.classes - 1 :: config.network.classes]


@pytest.mark.parametrize("length", [1, 3])
@each_stall
def test_no_deadlock_under_stalls(length, send_idle, take_idle):
    run(skipping(length), send_idle=send_idle, take_idle=40 * take_idle)


@pytest.mark.parametrize("folding", FOLDINGS)
@pytest.mark.parametrize("length", [1, 3])
def test_queue_costs_no_cycle(length, folding):
    """With the residual everything comes when it would come without."""
    assert run(skipping(length, folding=folding)) == run(skipping(length, folding=folding, skip=False))


@pytest.mark.parametrize("kernel", [3, 5])
def test_a_shorter_queue_stops_the_core(kernel, monkeypatch):
    """The queue must hold all activations ahead of the windows, or the core deadlocks: its depth is tight."""
    config = skipping(2, kernel=kernel)
    needed = sum(layer.window.lead for layer in config.layers[1:3])
    assert config.skip_depth(config.layers[2]) > needed
    monkeypatch.setattr(CoreConfig, "skip_depth", lambda *_: needed // 2)
    with pytest.raises(TimeoutError):
        run(config, images=1, max_cycles=2_000)


def test_layer_without_skip_has_no_depth():
    layer = SMALLEST.layers[0]
    with pytest.raises(ValueError, match=r"^layer must have a skip, not Layer\("):
        SMALLEST.skip_depth(layer)
