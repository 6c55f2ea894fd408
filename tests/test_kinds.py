"""Every kind of neuron is known in every room, and no room knows another."""

import numpy as np
import pytest

from cocotb_tests.blocks.blocks import BLOCKS as TESTBENCHES
from cocotb_tests.blocks.neuron_blocks import NEURON_BLOCKS
from flows.mapping.storage import NEURON_STORAGE
from flows.mapping.timing_model.neurons import NEURON_TIMING
from golden.data import random_config
from golden.draws import MEANINGS
from golden.neurons import ARITHMETIC
from hdl.config import CoreConfig, NeuronKind
from hdl.config.schemes import schemes
from hdl.neurons import BLOCKS

REGISTRIES = {
    "hdl": BLOCKS,
    "draws": MEANINGS,
    "golden": ARITHMETIC,
    "timing": NEURON_TIMING,
    "storage": NEURON_STORAGE,
    "testbenches": NEURON_BLOCKS,
}


@pytest.mark.parametrize("room", REGISTRIES)
def test_every_registry_has_every_kind(room):
    assert set(REGISTRIES[room]) == set(NeuronKind)


def test_every_kind_has_a_scheme():
    assert {scheme.neuron_kind for scheme in schemes().values()} == set(NeuronKind)


def test_no_two_kinds_have_the_same_block():
    assert len({*BLOCKS.values()}) == len(NeuronKind) == len({*NEURON_BLOCKS.values()})


def test_there_is_a_testbench_for_each_block():
    assert frozenset().union(*NEURON_BLOCKS.values()) <= TESTBENCHES.keys()


@pytest.mark.parametrize("name", CoreConfig.names())
def test_hidden_layers_say_their_kind(name):
    config = CoreConfig.load(name)
    assert {layer.neuron_kind for layer in config.hidden_layers} == {config.bayes.scheme.neuron_kind}
    assert config.layers[-1].neuron_kind is None


@pytest.mark.parametrize("method", schemes())
def test_what_is_drawn_for_channels_has_a_meaning(method):
    config = random_config(np.random.default_rng(0), bayes={"method": method})
    for layer in config.hidden_layers:
        assert (MEANINGS[layer.neuron_kind] is not None) == (layer.local is not None)
