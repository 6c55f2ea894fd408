import random
import re

import pytest
from amaranth import ClockDomain, Module

from cocotb_tests.agents.lanes import to_lanes, to_planes
from hdl.neurons import Residual
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import SMALLEST, convolutional, each_stall


def make(gain, channels):
    convolution = {"channels": channels, "kernel": 1}
    config = convolutional(f"gain_{gain}", (2, 2, 2), [convolution, convolution | {"skip": 0, "skip_gain": gain}])
    return config, config.layers[1]


@pytest.mark.parametrize(("gain", "channels"), [(1, 2), (2, 5), (7, 3), (12, 4), (100, 2)])
@each_stall
@pytest.mark.parametrize("skip_idle", [0, 2])
def test_adds_activations(gain, channels, send_idle, skip_idle, take_idle):
    """Up to the largest count, which must not overflow; counts and activations wait for each other."""
    rng = random.Random(f"{gain}-{channels}-{send_idle}-{skip_idle}-{take_idle}")
    config, layer = make(gain, channels)
    highest = layer.inputs
    counts = [[rng.choice([0, highest, rng.randint(0, highest)]) for _ in range(channels)] for _ in range(30)]
    tags = [{"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)} for _ in counts]
    skips = [rng.getrandbits(channels) for _ in counts]
    skips[0], counts[0] = 2**channels - 1, [highest] * channels
    dut = Residual(config, layer)
    source, skip, out = (StreamMonitor(stream) for stream in (dut.i, dut.skip, dut.o))
    beats = [{"planes": to_planes(each, layer.count_width), "tag": tag} for each, tag in zip(counts, tags, strict=True)]
    # The streams have a clock, though the block has none.
    clocked = Module()
    clocked.domains += ClockDomain("sync")
    clocked.submodules.dut = dut
    simulate(
        clocked,
        sending(dut.i, beats, idle=send_idle),
        sending(dut.skip, skips, idle=skip_idle),
        taking(dut.o, len(beats), idle=take_idle),
        background=[source.watch, skip.watch, out.watch],
    )
    assert [to_lanes(beat["planes"], channels) for beat in out.beats] == [
        [count + gain * (bits >> lane & 1) for lane, count in enumerate(each)]
        for each, bits in zip(counts, skips, strict=True)
    ]
    assert [beat["tag"] for beat in out.beats] == tags
    # In the same cycle.
    assert source.taken == skip.taken == out.taken
    assert out.offered == [max(pair) for pair in zip(source.offered, skip.offered, strict=True)]


def test_layer_without_skip_is_refused():
    layer = SMALLEST.layers[0]
    message = f"Residual layer must have a skip, not {layer!r}"
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        Residual(SMALLEST, layer)
