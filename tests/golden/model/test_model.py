"""The walk through the layers, and the fast model beside it."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import golden.model.model
from golden.arrays import FixedArrays
from golden.common import largest
from golden.data import random_config, random_program
from golden.draws import pass_draws
from golden.model import IntegerModel, Model
from hdl.config import InputError

METHODS = ("none", "scale-dropout", "affine-dropout", "spatial-dropout", "spin-dropout", "subset-vi", "ensemble")
seeds = st.integers(0, 2**32 - 1)
each_shape = pytest.mark.parametrize("convolutions", [False, True], ids=["vectors", "maps"])
each_method = pytest.mark.parametrize("method", METHODS)


def case(seed, method, inputs=3, *, convolutions=False):
    """Return a random program and pixels, shape (inputs, N)."""
    rng = np.random.default_rng(seed)
    bayes = {"method": method} | ({} if method == "none" else {"max_passes": 6})
    config = random_config(rng, convolutions=convolutions, bayes=bayes)
    program = random_program(config, rng)
    return program, rng.integers(0, 2**config.network.input_bits, (inputs, config.network.inputs))


def walk(program):
    return Model(program, FixedArrays(program))


def same(one, other):
    """Whether all tensors of two results are equal."""
    return all(torch.equal(getattr(one, each.name), getattr(other, each.name)) for each in dataclasses.fields(one))


@each_method
@each_shape
@settings(max_examples=6)
@given(seed=seeds, first_pass=st.integers(0, 2**70), batch_size=st.integers(1, 4))
def test_the_fast_model_gives_the_bits_of_the_walk(method, convolutions, seed, first_pass, batch_size):
    program, pixels = case(seed, method, convolutions=convolutions)
    slow, fast = walk(program), IntegerModel(program)
    arguments = {"first_pass": first_pass, "batch_size": batch_size}
    logits = slow.logits(pixels, **arguments)
    assert logits.dtype == torch.int64
    assert torch.equal(fast.logits(pixels, **arguments), logits)
    assert same(fast.statistics(pixels, **arguments), slow.statistics(pixels, **arguments))


@each_method
@each_shape
@settings(max_examples=4)
@given(seed=seeds, first_pass=st.integers(0, 2**40))
def test_draws_that_are_given(method, convolutions, seed, first_pass):
    program, pixels = case(seed, method, convolutions=convolutions)
    model, passes = walk(program), program.config.bayes.passes
    draws = pass_draws(program, len(pixels), passes=passes, first_pass=first_pass)
    expected = model.logits(pixels, first_pass=first_pass)
    assert torch.equal(model.logits(pixels, passes=passes, draws=draws), expected)
    assert torch.equal(IntegerModel(program).logits(pixels, passes=passes, draws=draws), expected)
    one = pass_draws(program, len(pixels), passes=1, first_pass=first_pass)
    assert torch.equal(model.trace(pixels, draws=one).logits, model.trace(pixels, first_pass=first_pass).logits)


@settings(max_examples=20)
@given(seed=seeds, passes=st.integers(1, 9))
def test_masks_that_are_given(seed, passes):
    program, pixels = case(seed, "scale-dropout")
    masks = np.random.default_rng(seed).integers(0, 2, (len(pixels), passes, program.config.stochastic.mask_width))
    logits = walk(program).logits(pixels, masks=masks)
    assert torch.equal(IntegerModel(program).logits(pixels, masks=masks), logits)
    for index in range(passes):
        assert torch.equal(walk(program).trace(pixels, masks[:, index]).logits, logits[:, index])


@each_method
@each_shape
def test_a_trace_is_whole(method, convolutions):
    """Its logits are those of the passes, and its activations what neurons gave, pooled."""
    compared = 0
    for seed in range(12):
        program, pixels = case(seed, method, convolutions=convolutions)
        model = walk(program)
        trace = model.trace(pixels, first_pass=5)
        assert torch.equal(trace.logits, model.logits(pixels, passes=1, first_pass=5).squeeze(1))
        hidden = program.config.hidden_layers
        assert len(trace.counts) == len(hidden) + 1
        for layer, counts, fired, passed in zip(hidden, trace.counts, trace.fired, trace.activations, strict=False):
            assert fired.shape == counts.shape
            assert fired.dtype == passed.dtype == torch.uint8
            if layer.window is None:
                assert torch.equal(fired, passed)
                continue
            maps = fired.view(-1, layer.window.height, layer.window.width, layer.outputs)
            assert torch.equal(largest(maps, layer.pool).view(passed.shape), passed)
            compared += layer.pool > 1
    assert compared or not convolutions


@each_method
@each_shape
def test_however_many_passes_at_a_time(method, convolutions, monkeypatch):
    program, pixels = case(1, method, convolutions=convolutions)
    model = walk(program)
    logits, trace = model.logits(pixels), model.trace(pixels)
    monkeypatch.setattr(golden.model.model, "_BITS", 1)
    assert torch.equal(model.logits(pixels), logits)
    parts = model.trace(pixels)
    assert torch.equal(parts.logits, trace.logits)
    for name in ("counts", "fired", "activations"):
        for one, other in zip(getattr(parts, name), getattr(trace, name), strict=True):
            assert torch.equal(one, other)


@each_shape
def test_no_inputs(convolutions):
    program, pixels = case(0, "scale-dropout", convolutions=convolutions)
    model, classes = walk(program), program.config.network.classes
    assert model.logits(pixels[:0]).shape == (0, program.config.bayes.passes, classes)
    assert model.trace(pixels[:0]).logits.shape == (0, classes)
    assert model.statistics(pixels[:0]).winner.shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"first_pass": -1}, "first_pass must be an integer of at least 0, not -1"),
        ({"masks": np.zeros((3, 1), dtype=int)}, "masks must have shape (3, 0), not (3, 1)"),
    ],
)
def test_a_trace_of_bad_arguments(arguments, line):
    program, pixels = case(0, "none")
    with pytest.raises(InputError) as refusal:
        walk(program).trace(pixels, **arguments)
    assert str(refusal.value) == line
