"""Beat layouts of the driver compared with the hardware's."""

import random

import numpy as np
import pytest
from amaranth import Shape

from cocotb_tests.blocks.configurations import configuration
from driver.beats import logit_beat, pack_pixels, result_beat
from hdl.streams import Logit, PixelBeat, Result

BEATS = 50


@pytest.fixture(params=["smallest", "padded", "random", "deterministic", "predictive"])
def config(request):
    return configuration(request.param, 1)


def extreme(rng, shape):
    """Return the ends of what a member holds as often as anything between them."""
    lowest, highest = (-(1 << shape.width - 1), (1 << shape.width - 1) - 1) if shape.signed else (0, 2**shape.width - 1)
    return rng.choice([lowest, highest, rng.randint(lowest, highest)])


@pytest.mark.parametrize(("beat_of", "layout_of"), [(logit_beat, Logit), (result_beat, Result)])
def test_values_are_where_the_hardware_has_them(config, beat_of, layout_of):
    rng, beat, layout = random.Random(1), beat_of(config), layout_of(config)
    members = {name: field.shape for name, field in layout}
    values = {name: [extreme(rng, Shape.cast(shape)) for _ in range(BEATS)] for name, shape in members.items()}
    bits = [layout.const({name: each[i] for name, each in values.items()}).as_bits() for i in range(BEATS)]
    content = b"".join(each.to_bytes(beat.octets, "little") for each in bits)
    given = beat.unpack(np.frombuffer(content, np.uint8).reshape(BEATS, beat.octets))
    assert {name: each.tolist() for name, each in given.items()} == values
    assert beat.width == layout.size


def test_pixels_are_where_the_hardware_has_them(config):
    network, width = config.network, config.ports.pixels_per_beat
    pixels = np.random.default_rng(1).integers(0, 2**network.input_bits, (BEATS, network.inputs))
    packed = pack_pixels(pixels, config).reshape(BEATS, config.beats_per_input, -1)
    padded = np.pad(pixels, ((0, 0), (0, config.beats_per_input * width - network.inputs)))
    layout = PixelBeat(config)
    for given, expected in zip(packed.reshape(-1, packed.shape[-1]), padded.reshape(-1, width), strict=True):
        bits = layout.const({"pixels": expected.tolist()}).as_bits()
        assert int.from_bytes(given.tobytes(), "little") == bits
