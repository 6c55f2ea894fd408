"""Input places and widths derived from a configuration."""

import numpy as np
import pytest

from golden.data import random_config

from ..configurations import CONFIGURATIONS

CONFIGS = [*CONFIGURATIONS, *(random_config(np.random.default_rng(seed)) for seed in range(20))]
each_config = pytest.mark.parametrize(
    "config", CONFIGS, ids=[f"{config.name}-{index}" for index, config in enumerate(CONFIGS)]
)


@each_config
def test_geometry(config):
    """Every input has one place, and what a layer says of its padding follows from that."""
    assert [layer.inputs for layer in config.layers] == [config.network.inputs, *config.network.hidden]
    assert [layer.outputs for layer in config.layers] == [*config.network.hidden, config.network.classes]
    assert [layer.index for layer in config.layers] == list(range(len(config.layers)))
    assert [layer.input_bits for layer in config.layers] == [
        config.network.input_bits,
        *[1] * len(config.network.hidden),
    ]
    assert config.hidden_layers == config.layers[:-1]
    assert config.layers[-1].choices == 1
    for layer in config.hidden_layers:
        assert layer.choices == (2 if config.stochastic.mask_width else 1)
    for layer in config.layers:
        places = {(layer.tile_of(n), layer.group_of(n), layer.line_of(n)): n for n in range(layer.inputs)}
        assert len(places) == layer.inputs
        assert layer.row_tiles == 1 + max(tile for tile, _, _ in places)
        assert layer.groups == 1 + max(group for _, group, _ in places) <= layer.array_groups
        assert layer.array_groups * layer.rows_per_read == layer.rows
        assert layer.reads == layer.groups * layer.input_bits
        assert layer.arrays == layer.row_tiles * layer.col_tiles
        assert (layer.col_tiles - 1) * layer.cols < layer.outputs <= layer.lanes == layer.col_tiles * layer.cols
        for tile in range(layer.row_tiles):
            assert layer.tile_inputs(tile) == sum(place[0] == tile for place in places)
            for line in range(layer.rows_per_read):
                groups = [group for group in range(layer.array_groups) if (tile, group, line) in places]
                assert groups == list(range(layer.driven_groups(tile, line)))


@each_config
def test_widths(config):
    """Wide enough for the worst case, and where that is promised not a bit wider."""
    for layer in config.layers:
        top = sum(2**plane * layer.inputs for plane in range(layer.input_bits))
        assert layer.count_max == top == layer.inputs * layer.plane_gain
        assert fits_exactly(layer.count_width, top)
        assert fits_exactly(layer.read_width, layer.rows_per_read)
        assert layer.threshold_max == top + 1
        assert fits_exactly(layer.threshold_width, top + 1)
        assert layer.neuron_lines == (layer.threshold_width + 1 if layer in config.hidden_layers else 0)
        assert -(2 ** (layer.z_width - 1)) <= -top < top < 2 ** (layer.z_width - 1)
    logits, passes = config.logits, config.bayes.max_passes
    assert (logits.lowest, logits.highest) == (-(2 ** (logits.width - 1)), 2 ** (logits.width - 1) - 1)
    assert fits_exactly(logits.shift_width, logits.max_shift)
    assert fits_exactly(config.passes_width, passes)
    assert fits_exactly(config.square_width, max(logits.lowest**2, logits.highest**2) * passes)
    assert -(2 ** (config.sum_width - 1)) <= logits.lowest * passes
    assert logits.highest * passes < 2 ** (config.sum_width - 1)
    top = config.layers[-1].count_max
    gain, offset = 2 ** (logits.gain_width - 1), 2 ** (logits.offset_width - 1)
    largest = gain * top + offset - 1 + 2 ** (logits.max_shift - 1)
    smallest = -gain * top - offset
    assert -(2 ** (config.corrected_width - 1)) <= smallest < largest < 2 ** (config.corrected_width - 1)
    assert config.stochastic.mask_width == (len(config.hidden_layers) if config.bayes.scheme.stochastic else 0)
    pixels = config.ports.pixels_per_beat
    assert (config.beats_per_input - 1) * pixels < config.network.inputs <= config.beats_per_input * pixels


def fits_exactly(width, largest):
    return 2 ** (width - 1) <= largest < 2**width
