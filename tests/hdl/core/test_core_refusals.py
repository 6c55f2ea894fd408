# amaranth: UnusedElaboratable=no
"""Arguments that components refuse.

Valid arguments are covered by the other tests.
"""

import re

import numpy as np
import pytest

from golden.data import random_program
from hdl.config import InputError
from hdl.core import Core
from hdl.crossbar import Array
from hdl.lanes import Adder, AgreementCounter, Columns, Popcount
from hdl.neurons import Neuron
from hdl.rows import RowStore
from hdl.stochastic import StochasticUnit

from ..configurations import CONFIGURATIONS, SMALLEST, cases

SIZES = {
    AgreementCounter: ("words", "lanes"),
    Adder: ("width", "lanes"),
    Popcount: ("words", "lanes"),
    RowStore: ("groups", "lines", "cols"),
}


@pytest.mark.parametrize("value", [0, -1, 2.0, True, None])
@pytest.mark.parametrize(
    ("component", "name"),
    [(component, name) for component, names in SIZES.items() for name in names],
    ids=lambda part: part if isinstance(part, str) else part.__name__,
)
def test_sizes(component, name, value):
    sizes = dict.fromkeys(SIZES[component], 2)
    with pytest.raises(ValueError, match=rf"^{component.__name__} {name} must be a positive integer, not {value}$"):
        component(**(sizes | {name: value}))


@pytest.mark.parametrize("component", [Array, Columns], ids=lambda component: component.__name__)
@pytest.mark.parametrize("config", cases(CONFIGURATIONS))
def test_row_tile(component, config):
    layer = config.layers[0]
    for tile in (-1, layer.row_tiles):
        message = rf"^{component.__name__} row_tile must be between 0 and {layer.row_tiles - 1}, not {tile}$"
        with pytest.raises(ValueError, match=message):
            component(layer, tile)


@pytest.mark.parametrize("config", cases([config for config in CONFIGURATIONS if not config.stochastic.mask_width]))
def test_stochastic_unit_without_a_method(config):
    with pytest.raises(ValueError, match=r"^StochasticUnit method must be stochastic, not 'none'$"):
        StochasticUnit(config)


def test_neuron_of_the_last_layer():
    last = SMALLEST.layers[-1]
    message = f"Neuron layer must be a hidden layer of the configuration, not {last!r}"
    with pytest.raises(ValueError, match=rf"^{re.escape(message)}$"):
        Neuron(SMALLEST, last)


def test_core_with_a_program_for_another():
    other = CONFIGURATIONS[-1]
    program = random_program(other, np.random.default_rng(1))
    message = f"Core program must be for configuration {SMALLEST.hash[:12]}…, not {other.hash[:12]}…"
    with pytest.raises(InputError, match=rf"^{message}$"):
        Core(SMALLEST, program)
