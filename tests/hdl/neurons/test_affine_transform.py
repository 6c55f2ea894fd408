import itertools
import random

import numpy as np
import pytest

from cocotb_tests.agents.lanes import to_planes
from hdl.config import CoreConfig
from hdl.neurons import AffineTransform
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..affine import affine
from ..configurations import PADDED, each_stall


def _config(inputs, outputs):
    return CoreConfig.model_validate(
        {
            "name": "gains",
            "network": {"inputs": inputs, "input_bits": 1, "hidden": [outputs], "classes": 2},
            "array": {"rows": 4, "cols": 24, "rows_per_read": 2},
            "bayes": {"method": "affine-dropout", "p": [0.5], "passes": 1, "max_passes": 1},
        }
    )


def planes_of(layer, contents, beats):
    """Return the planes of A + 2^(width − 1) of all beats, in plain integers."""
    width = max(member.width for member in layer.neuron_fields) + 1
    planes = []
    for counts, tag in beats:
        choice = tag["mask"] >> layer.mask_offset & 3
        gains, constants = contents["gains"][:, choice].tolist(), contents["constants"][:, choice].tolist()
        numbers = [g * p + c + 2 ** (width - 1) for g, p, c in zip(gains, counts, constants, strict=True)]
        assert all(0 <= number < 2**width for number in numbers)
        planes += [{"bits": plane, "tag": tag} for plane in to_planes(numbers, width)]
    return planes


def run(config, contents, beats, *, send_idle=0, take_idle=0):
    layer = config.layers[0]
    dut = AffineTransform(config, layer, contents=contents)
    out = StreamMonitor(dut.o)
    payloads = [{"planes": to_planes(counts, layer.count_width), "tag": tag} for counts, tag in beats]
    expected = planes_of(layer, contents, beats)
    takes = taking(dut.o, len(expected), idle=take_idle)
    simulate(dut, sending(dut.i, payloads, idle=send_idle), takes, background=[out.watch], max_cycles=100_000)
    assert out.beats == expected
    assert out.beats


def test_every_gain_with_every_count():
    """A lane for each of the 64 gains; constants at both ends, at zero, and any."""
    config = _config(inputs=15, outputs=64)
    layer = config.layers[0]
    gain, constant = layer.neuron_fields
    gains = np.arange(gain.lowest, gain.highest + 1)
    any_constants = np.random.default_rng(1).integers(constant.lowest, constant.highest, 64, endpoint=True)
    ends = [np.full(64, value) for value in (constant.lowest, constant.highest, 0)]
    contents = {"gains": np.stack([gains] * 4, axis=1), "constants": np.stack([*ends, any_constants], axis=1)}
    cases = itertools.product(range(layer.count_max + 1), range(4))
    run(config, contents, [([count] * 64, {"mask": mask, "last": mask & 1}) for count, mask in cases])


@each_stall
def test_planes_wait(send_idle, take_idle):
    config = affine(PADDED)
    layer = config.layers[0]
    rng = random.Random(f"{send_idle}{take_idle}")
    contents = {
        each.name: np.array([[rng.randint(each.lowest, each.highest) for _ in range(4)] for _ in range(layer.outputs)])
        for each in layer.neuron_fields
    }
    beats = [
        (
            [rng.randint(0, layer.count_max) for _ in range(layer.outputs)],
            {"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)},
        )
        for _ in range(6)
    ]
    run(config, contents, beats, send_idle=send_idle, take_idle=take_idle)


def test_only_layers_with_gains_have_one():
    with pytest.raises(ValueError, match=r"^AffineTransform layer must have gains and constants, not "):
        AffineTransform(PADDED, PADDED.layers[0])
