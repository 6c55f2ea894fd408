import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.data import random_config, random_program
from golden.draws import stochastic_unit
from golden.model import IntegerModel, statistics
from hdl.config import InputError

from .. import reference

seeds = st.integers(0, 2**32 - 1)


def case(seed, inputs=4, **overrides):
    """Return a random program and pixels, shape (inputs, N)."""
    rng = np.random.default_rng(seed)
    config = random_config(rng, **overrides)
    program = random_program(config, rng)
    return program, rng.integers(0, 2**config.network.input_bits, (inputs, config.network.inputs))


@given(seeds, st.integers(0, 30))
def test_agrees_with_the_reference(seed, first_pass):
    program, pixels = case(seed, inputs=2)
    config = program.config
    passes = min(config.bayes.passes, 6)
    masks = reference.mask_bits(config, program.codes.tolist(), program.seed, 2, passes, first_pass)
    expected = [
        [reference.single_pass(program, pixels[i].tolist(), masks[i][t]) for t in range(passes)] for i in range(2)
    ]
    logits = IntegerModel(program).logits(pixels, passes=passes, first_pass=first_pass)
    assert logits.dtype == torch.int64
    assert logits.tolist() == expected


@settings(max_examples=300)
@given(seeds, st.integers(1, 5), st.integers(0, 2**70))
def test_sharing_changes_no_bit(seed, batch_size, first_pass):
    program, pixels = case(seed)
    config, model = program.config, IntegerModel(program)
    logits = model.logits(pixels, first_pass=first_pass, batch_size=batch_size)
    masks = stochastic_unit.masks(
        config, program.codes, program.seed, len(pixels), passes=config.bayes.passes, first_pass=first_pass
    )
    for t in range(config.bayes.passes):
        assert torch.equal(logits[:, t], model.trace(pixels, masks[:, t]).logits)


@settings(max_examples=20)
@given(seeds, st.integers(4, 16), st.integers(1, 40))
def test_deep_networks_with_few_passes(seed, depth, passes):
    """So many mask bits that only some of their values occur."""
    program, pixels = case(
        seed,
        inputs=7,
        network={"hidden": [6] * depth},
        bayes={"method": "scale-dropout", "p": [0.5] * depth, "max_passes": 40},
    )
    model = IntegerModel(program)
    logits = model.logits(pixels, passes=passes)
    masks = stochastic_unit.masks(program.config, program.codes, program.seed, 7, passes=passes)
    for t in range(passes):
        assert torch.equal(logits[:, t], model.trace(pixels, masks[:, t]).logits)


def test_masks_are_drawn_in_blocks():
    """More draws than are made at a time, so that the second input's are found by a jump."""
    passes = 2**16
    sizes = {
        "network": {"hidden": [4] * 4},
        "bayes": {"method": "scale-dropout", "p": [0.5] * 4, "passes": passes, "max_passes": passes},
    }
    # In some random programs no mask decides anything: take the first in which they do for either input.
    program, pixels = next(each for each in (case(seed, inputs=2, **sizes) for seed in range(100)) if _decided(*each))
    model = IntegerModel(program)
    logits = model.logits(pixels, batch_size=1)
    masks = stochastic_unit.masks(program.config, program.codes, program.seed, 2, passes=passes)
    for i in range(2):
        repeated = np.repeat(pixels[i : i + 1], passes, axis=0)
        assert torch.equal(logits[i], model.trace(repeated, masks[i]).logits)
        assert not torch.equal(logits[i], model.trace(repeated, masks[1 - i]).logits)


def _decided(program, pixels):
    """Whether the logits of each of the inputs change from pass to pass."""
    logits = IntegerModel(program).logits(pixels, passes=16)
    return bool((logits != logits[:, :1]).flatten(1).any(dim=1).all())


@given(seeds)
def test_any_pass_alone(seed):
    program, pixels = case(seed)
    model, config = IntegerModel(program), program.config
    passes = config.bayes.passes
    logits = model.logits(pixels)
    for i in range(len(pixels)):
        t = i % passes
        first_pass = i * passes + t
        alone = model.logits(pixels[i : i + 1], passes=1, first_pass=first_pass)
        assert alone.tolist() == [[logits[i, t].tolist()]]


@given(seeds, st.integers(1, 30))
def test_given_masks(seed, passes):
    program, pixels = case(seed)
    masks = np.random.default_rng(seed).integers(0, 2, (len(pixels), passes, program.config.stochastic.mask_width))
    model = IntegerModel(program)
    logits = model.logits(pixels, masks=masks, batch_size=3)
    assert logits.shape[:2] == (len(pixels), passes)
    for t in range(passes):
        assert torch.equal(logits[:, t], model.trace(pixels, masks[:, t]).logits)


@given(seeds, st.integers(1, 5))
def test_statistics_are_those_of_the_logits(seed, batch_size):
    program, pixels = case(seed)
    model = IntegerModel(program)
    found = model.statistics(pixels, first_pass=5, batch_size=batch_size)
    expected = statistics(model.logits(pixels, first_pass=5))
    for field in dataclasses.fields(expected):
        assert torch.equal(getattr(found, field.name), getattr(expected, field.name))


@given(seeds)
def test_trace(seed):
    program, pixels = case(seed, inputs=2)
    config = program.config
    masks = np.random.default_rng(seed).integers(0, 2, (2, config.stochastic.mask_width))
    trace = IntegerModel(program).trace(pixels, masks)
    values = pixels.tolist()
    for layer, counts in zip(config.layers, trace.counts, strict=True):
        weights = program.weights[layer.index].tolist()
        assert counts.tolist() == [[reference.count(layer, x, w) for w in weights] for x in values]
        if layer is not config.layers[-1]:
            values = trace.activations[layer.index].tolist()
    assert len(trace.activations) == len(config.hidden_layers)
    assert trace.logits.tolist() == [
        reference.single_pass(program, x, m) for x, m in zip(pixels.tolist(), masks.tolist(), strict=True)
    ]


def test_seed_of_the_program_is_the_seed():
    program, pixels = case(1, bayes={"method": "scale-dropout", "passes": 8, "max_passes": 8})
    other = dataclasses.replace(program, seed=program.seed ^ 1 or 2)
    assert not torch.equal(IntegerModel(program).logits(pixels), IntegerModel(other).logits(pixels))


def test_no_inputs():
    program, pixels = case(0)
    model = IntegerModel(program)
    logits = model.logits(pixels[:0])
    assert logits.shape == (0, program.config.bayes.passes, program.config.network.classes)
    assert model.statistics(pixels[:0]).winner.shape == (0,)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
def test_a_gpu_computes_the_same_bits():
    for seed in range(20):
        program, pixels = case(seed)
        assert torch.equal(IntegerModel(program, "cuda").logits(pixels).cpu(), IntegerModel(program).logits(pixels))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"pixels": [[1, 2]]}, r"pixels must have shape \(any, 3\), not \(1, 2\)"),
        ({"pixels": [[1, 2, 4]]}, r"pixels must be between 0 and 3, not 4"),
        ({"pixels": [[0.5, 1, 1]]}, r"pixels must hold integers, not torch.float32"),
        ({"passes": 0}, r"passes must be an integer between 1 and 4, not 0"),
        ({"passes": 5}, r"passes must be an integer between 1 and 4, not 5"),
        ({"first_pass": -1}, r"first_pass must be an integer of at least 0, not -1"),
        ({"batch_size": 0}, r"batch_size must be an integer of at least 1, not 0"),
        ({"masks": [[[0, 1]]]}, r"masks must have shape \(1, any, 1\), not \(1, 1, 2\)"),
        ({"masks": [[[2]]]}, r"masks must be between 0 and 1, not 2"),
        ({"masks": np.zeros((1, 0, 1), dtype=int)}, r"masks must have at least 1 pass, not 0"),
    ],
)
@pytest.mark.parametrize("method", ["logits", "statistics"])
def test_bad_input(method, arguments, line):
    program, _ = case(
        0,
        network={"inputs": 3, "input_bits": 2, "hidden": [2]},
        bayes={"method": "scale-dropout", "passes": 2, "max_passes": 4},
    )
    with pytest.raises(InputError, match=f"^{line}$"):
        getattr(IntegerModel(program), method)(**({"pixels": [[0, 1, 2]]} | arguments))


@pytest.mark.parametrize(
    ("pixels", "line"),
    [
        ([[1, 2]], r"pixels must have shape \(any, 3\), not \(1, 2\)"),
        ([[1, 2, 4]], "pixels must be between 0 and 3, not 4"),
    ],
)
def test_bad_pixels_leave_no_trace(pixels, line):
    program, _ = case(0, network={"inputs": 3, "input_bits": 2, "hidden": [2]}, bayes={"method": "none"})
    with pytest.raises(InputError, match=f"^{line}$"):
        IntegerModel(program).trace(pixels, torch.zeros((1, 0), dtype=torch.int64))
