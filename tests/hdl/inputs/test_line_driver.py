import random

import pytest

from cocotb_tests.agents.lanes import from_bits
from hdl.inputs import LineDriver
from hdl.testing import StreamMonitor, sending, simulate

from ..configurations import CONFIGURATIONS, CONVOLUTIONAL, each_stall, layer_cases
from ..word_lines import VectorReader


def driven(config):
    """Return the layers with a line driver: a first one without a window has a buffer of its own."""
    return config.layers[config.layers[0].window is None :]


@pytest.mark.parametrize(("config", "layer"), layer_cases([*CONFIGURATIONS, *CONVOLUTIONAL], driven))
@each_stall
def test_puts_activations_on_word_lines(config, layer, send_idle, take_idle):
    """In any order of the groups and planes; lines without an input get 0."""
    rng = random.Random(f"{config.name}-{layer.index}")
    vectors = [
        (
            [rng.getrandbits(layer.input_bits) for _ in range(layer.inputs)],
            {"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)},
        )
        for _ in range(8)
    ]
    dut = LineDriver(config, layer)
    monitor = StreamMonitor(dut.i)
    reader = VectorReader(dut.o, layer, len(vectors), rng=rng, idle=take_idle)
    beats = [
        {
            "bits": from_bits(value >> plane & 1 for plane in range(layer.input_bits) for value in values),
            "tag": tag,
        }
        for values, tag in vectors
    ]

    simulate(dut, sending(dut.i, beats, idle=send_idle), reader.run, background=[monitor.watch])

    assert reader.vectors == vectors
    assert len(reader.padding) == layer.reads * layer.row_tiles * len(vectors)
    assert not any(reader.padding)
    # Keeps no copy: a vector is on offer as soon as it is there, and is taken with its last read.
    assert reader.seen == monitor.offered
    assert reader.finished == monitor.taken
