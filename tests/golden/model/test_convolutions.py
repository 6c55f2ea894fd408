"""Integer model of convolutions compared with plain loops."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.data import random_config, random_program
from golden.draws import stochastic_unit
from golden.model import IntegerModel

from ..convolutions import single_pass

seeds = st.integers(0, 2**32 - 1)


def case(seed, inputs=2, **overrides):
    """Return a random program with convolutions and pixels, shape (inputs, N)."""
    rng = np.random.default_rng(seed)
    config = random_config(rng, convolutions=True, **overrides)
    program = random_program(config, rng)
    return program, rng.integers(0, 2**config.network.input_bits, (inputs, config.network.inputs))


def agree(program, pixels, masks):
    """Compare every value of one pass of each input with the reference; return how many there were."""
    trace, compared = IntegerModel(program).trace(pixels, masks), 0
    for index, (image, mask) in enumerate(zip(pixels.tolist(), masks.tolist(), strict=True)):
        counts, activations, logits = single_pass(program, image, mask)
        for layer, found in zip(program.config.layers, trace.counts, strict=True):
            assert found[index].flatten().tolist() == counts[layer.index].flatten().tolist(), layer
            assert found.shape[1:] == ((layer.vectors, layer.outputs) if layer.window else (layer.outputs,))
        for layer, found in zip(program.config.hidden_layers, trace.activations, strict=True):
            assert found[index].flatten().tolist() == activations[layer.index].flatten().tolist(), layer
            compared += found[index].numel()
        assert trace.logits[index].tolist() == logits
    return compared


@settings(max_examples=60)
@given(seeds)
def test_trace_agrees_with_the_reference(seed):
    program, pixels = case(seed)
    masks = np.random.default_rng(seed).integers(0, 2, (2, program.config.stochastic.mask_width))
    assert agree(program, pixels, masks) > 0


CONVOLUTIONS = {
    "stride": ((5, 7, 2), [{"channels": 3, "stride": 2}]),
    "no border": ((6, 5, 2), [{"channels": 3, "padding": 0}]),
    "no border, stride": ((7, 6, 2), [{"channels": 3, "padding": 0, "stride": 2, "kernel": 5}]),
    "part of the border": ((4, 4, 1), [{"channels": 2, "kernel": 5, "padding": 1}]),
    "single position": ((1, 1, 3), [{"channels": 4}, {"channels": 4, "skip": 0, "skip_gain": 3}]),
    "single row": ((1, 5, 1), [{"channels": 2, "kernel": 5}]),
    "kernel of one": ((3, 4, 3), [{"channels": 5, "kernel": 1}]),
    "pool": ((4, 6, 1), [{"channels": 3, "pool": 2}, {"channels": 2}]),
    "residual": ((4, 3, 2), [{"channels": 3}, {"channels": 4}, {"channels": 3, "skip": 0, "skip_gain": 5}]),
    "large gain": ((3, 3, 1), [{"channels": 2}, {"channels": 2, "skip": 0, "skip_gain": 1000}]),
    "residual, pool": ((4, 4, 1), [{"channels": 3}, {"channels": 3, "skip": 0, "pool": 2}, {"channels": 2}]),
    "residual of a pooled map": ((8, 4, 1), [{"channels": 3, "pool": 2}, {"channels": 3, "skip": 0}]),
    "large kernel": ((9, 8, 1), [{"channels": 2, "kernel": 11}]),
}


@pytest.mark.parametrize("method", ["none", "scale-dropout"])
@pytest.mark.parametrize("bits", [1, 8])
@pytest.mark.parametrize("hidden", [[], [3]], ids=["no hidden", "hidden"])
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_named_cases(name, hidden, bits, method):
    image, convolutions = CONVOLUTIONS[name]
    network = {"image": image, "input_bits": bits, "convolutions": convolutions, "hidden": hidden}
    program, pixels = case(1, inputs=3, network=network, bayes={"method": method})
    masks = np.random.default_rng(1).integers(0, 2, (3, program.config.stochastic.mask_width))
    assert agree(program, pixels, masks) > 0


@settings(max_examples=150)
@given(seeds, st.integers(1, 5), st.integers(0, 2**70))
def test_sharing_changes_no_bit(seed, batch_size, first_pass):
    program, pixels = case(seed, inputs=4)
    config, model = program.config, IntegerModel(program)
    logits = model.logits(pixels, first_pass=first_pass, batch_size=batch_size)
    assert torch.equal(model.logits(pixels, first_pass=first_pass), logits)
    masks = stochastic_unit.masks(
        config, program.codes, program.seed, len(pixels), passes=config.bayes.passes, first_pass=first_pass
    )
    for t in range(config.bayes.passes):
        assert torch.equal(logits[:, t], model.trace(pixels, masks[:, t]).logits)


@settings(max_examples=30)
@given(seeds, st.integers(1, 400))
def test_however_many_rows_at_a_time(seed, values):
    program, pixels = case(seed, inputs=5)
    expected = IntegerModel(program).logits(pixels)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("golden.model.folded_convolution._WINDOW_INPUTS", values)
        patch.setattr("golden.model.folded_convolution._ACTIVATIONS", values)
        assert torch.equal(IntegerModel(program).logits(pixels), expected)


def test_no_inputs():
    program, pixels = case(0)
    logits = IntegerModel(program).logits(pixels[:0])
    assert logits.shape == (0, program.config.bayes.passes, program.config.network.classes)
    trace = IntegerModel(program).trace(pixels[:0], np.zeros((0, program.config.stochastic.mask_width), dtype=int))
    assert trace.logits.shape == (0, program.config.network.classes)


def test_a_mask_of_every_layer_matters():
    """Something depends on the mask bit of each convolution, or the tests above compare less than they seem to."""
    decided = set()
    for seed in range(40):
        program, pixels = case(seed, bayes={"method": "scale-dropout"})
        model, width = IntegerModel(program), program.config.stochastic.mask_width
        kept = model.trace(pixels, np.ones((2, width), dtype=int)).logits
        for layer in range(width):
            masks = np.ones((2, width), dtype=int)
            masks[:, layer] = 0
            if not torch.equal(model.trace(pixels, masks).logits, kept):
                decided.add(layer)
    assert decided >= set(range(4))
