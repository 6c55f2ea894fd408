import numpy as np
import pytest

from golden.data import random_config, random_program
from hdl.contract import array_rows, neuron_rows, program_rows

from ..configurations import CONFIGURATIONS

SEEDS = range(8)
CONFIGS = [*CONFIGURATIONS, *(random_config(np.random.default_rng(seed)) for seed in SEEDS)]
each_config = pytest.mark.parametrize(
    "config", CONFIGS, ids=[f"{config.name}-{index}" for index, config in enumerate(CONFIGS)]
)


@each_config
def test_every_bit_is_at_its_address(config):
    """docs/numerics.md#rows-of-memory, integer by integer: each is found, and there is nothing else."""
    program = random_program(config, np.random.default_rng(4))
    rows = list(program_rows(program))
    cells = {}
    for row in rows:
        assert 0 <= row.bits < 2**config.array.cols
        key = (row.layer, row.thresholds, row.tile, row.group, row.line)
        assert key not in cells, f"{key} twice"
        cells[key] = row.bits
    found = dict.fromkeys(cells, 0)

    def take(key, column, bit):
        assert cells[key] >> column & 1 == bit, (key, column)
        found[key] |= bit << column

    for layer in config.layers:
        weights = program.weights[layer.index]
        for m, n in np.ndindex(weights.shape):
            array = n // layer.rows * layer.col_tiles + m // layer.cols
            group, line = n % layer.rows // layer.rows_per_read, n % layer.rows_per_read
            take((layer.index, False, array, group, line), m % layer.cols, int(weights[m, n]))
    for layer in config.hidden_layers:
        thresholds, flips = program.thresholds[layer.index], program.flips[layer.index]
        for m, choice in np.ndindex(thresholds.shape):
            store = (layer.index, True, m // layer.cols, choice)
            for plane in range(layer.threshold_width):
                take((*store, plane), m % layer.cols, int(thresholds[m, choice]) >> plane & 1)
            take((*store, layer.threshold_width), m % layer.cols, int(flips[m]))
    assert found == cells


@each_config
def test_sizes(config):
    """As the memories have them, padding included."""
    program = random_program(config, np.random.default_rng(4))
    for layer in config.layers:
        for tile in range(layer.arrays):
            words = array_rows(program.weights[layer.index], layer, tile)
            assert [len(lines) for lines in words] == [layer.rows_per_read] * layer.array_groups
    for layer in config.hidden_layers:
        for tile in range(layer.col_tiles):
            words = neuron_rows(program.neurons[layer.index], layer, tile)
            assert [len(lines) for lines in words] == [layer.neuron_lines] * layer.choices
    sizes = [layer.arrays * layer.rows for layer in config.layers]
    sizes += [layer.col_tiles * layer.choices * layer.neuron_lines for layer in config.hidden_layers]
    assert len(list(program_rows(program))) == sum(sizes)
