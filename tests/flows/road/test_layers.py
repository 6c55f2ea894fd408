import dataclasses

import numpy as np
import pytest

from flows.road.layers import compare_layers
from golden.data import random_program
from golden.draws import masks
from golden.model import IntegerModel
from hdl.axi import AxiCore
from hdl.config import CoreConfig
from hdl.verilog import export

PASSES = 3

DENSE = {
    "network": {"inputs": 20, "input_bits": 2, "hidden": [9, 6], "classes": 3},
    "bayes": {"p": [0.3, 0.0], "passes": PASSES, "max_passes": 4},
    "ports": {"pixels_per_beat": 4},
}
CONVOLUTIONAL = {
    "network": {
        "inputs": 32,
        "input_bits": 2,
        "image": [4, 4, 2],
        "convolutions": [{"channels": 5, "pool": 2}, {"channels": 3}],
        "hidden": [4],
        "classes": 3,
    },
    "bayes": {"p": [0.3, 0.3, 0.3], "passes": PASSES, "max_passes": 4},
    "ports": {"pixels_per_beat": 2},
}


@pytest.fixture(scope="module", params=[DENSE, CONVOLUTIONAL], ids=["dense", "convolutional"])
def case(request, tmp_path_factory):
    """Program, the core generated with it, and one input."""
    array = {"rows": 8, "cols": 4, "rows_per_read": 4}
    config = CoreConfig.model_validate({"name": "small", "array": array, **request.param})
    rng = np.random.default_rng(8)
    program = random_program(config, rng)
    source = export(AxiCore(config, program), config.name, tmp_path_factory.mktemp("core"))
    return program, source, rng.integers(0, 4, config.network.inputs)


@pytest.mark.parametrize(
    "case",
    [pytest.param(DENSE, id="dense", marks=pytest.mark.slow), pytest.param(CONVOLUTIONAL, id="convolutional")],
    indirect=True,
)
def test_every_activation_is_compared(case):
    program, source, pixels = case
    steps = []
    found = compare_layers(program, source, pixels, passes=PASSES, load=False, on_progress=lambda *at: steps.append(at))
    sizes = [PASSES * layer.vectors * layer.outputs for layer in program.config.hidden_layers]
    assert [(each.compared, each.mismatches) for each in found.layers] == [(size, 0) for size in sizes]
    assert found.first is None
    assert steps == [(index + 1, PASSES) for index in range(PASSES)]


def test_program_that_is_loaded(case):
    program, source, pixels = case
    other = random_program(program.config, np.random.default_rng(6))
    found = compare_layers(other, source, pixels, passes=PASSES, load=True)
    assert not any(each.mismatches for each in found.layers)


@pytest.mark.parametrize("layer", [0, 1])
def test_one_weight_that_differs(case, layer):
    """The core holds another weight than golden: the first neuron that differs is the weight's."""
    program, source, pixels = case
    changed, expected = change_weight(program, pixels, layer)
    found = compare_layers(changed, source, pixels, passes=PASSES, load=False)
    assert [each.mismatches for each in found.layers[:layer]] == [0] * layer
    assert found.layers[layer].mismatches == len(expected)
    first = found.first
    assert (first.layer, first.pass_index, first.position, first.channel, first.golden) == (layer, *expected[0])


def change_weight(program, pixels, layer):
    """Return a Program with another weight in ``layer``, and what it changes: (pass, position, channel, golden)."""
    rng = np.random.default_rng(7)
    before = fired(program, pixels, layer)
    for flat in rng.permutation(program.weights[layer].size):
        weights = [each.copy() for each in program.weights]
        weights[layer].flat[flat] ^= 1
        changed = dataclasses.replace(program, weights=tuple(weights))
        after = fired(changed, pixels, layer)
        places = np.argwhere(after != before)
        if len(places):
            return changed, [(*map(int, place), int(after[tuple(place)])) for place in places]
    pytest.fail("no weight has an effect")


def fired(program, pixels, layer):
    """Return the activations of ``layer`` before pooling, shape (passes, positions, outputs), from golden's counts."""
    drawn = masks(program.config, program.codes, program.seed, 1, passes=PASSES)[0]
    geometry = program.config.layers[layer]
    thresholds, flips = program.thresholds[layer], program.flips[layer]
    found = []
    for mask in drawn:
        counts = IntegerModel(program).trace(pixels[None], mask[None]).counts[layer].numpy()
        chosen = thresholds[:, int(mask[layer]) if geometry.choices > 1 else 0]
        found.append((counts.reshape(geometry.vectors, geometry.outputs) >= chosen) ^ flips.astype(bool))
    return np.stack(found)
