"""Affine dropout with inverted normalization.

Compared with loops over positions and channels.
"""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.data import load, random_config, random_program
from golden.draws import check_masks, pass_draws, states_after
from golden.model import IntegerModel
from golden.neurons import Mean
from golden.training import Network, lower, train
from golden.training.schemes import AffineDropoutNeurons, inverted_norm
from hdl.config import CoreConfig

from ... import reference
from ...convolutions import window_values

seeds = st.integers(0, 2**32 - 1)
both_kinds = pytest.mark.parametrize("convolutions", [False, True], ids=["linear", "convolutions"])

TINY = CoreConfig.load("tiny")
TINY = CoreConfig.model_validate(
    {**TINY.model_dump(), "bayes": {**TINY.bayes.model_dump(), "method": "affine-dropout"}}
)


def case(seed, convolutions, inputs=2):
    rng = np.random.default_rng(seed)
    config = random_config(rng, convolutions=convolutions, bayes={"method": "affine-dropout"})
    program = random_program(config, rng)
    return program, rng.integers(0, 2**config.network.input_bits, (inputs, config.network.inputs))


def neurons(members, counts, choice):
    """Return the activations of counts as [position][output]: n A ≥ Σ A, in plain integers."""
    transformed = [
        [
            int(gain[choice]) * count + int(constant[choice])
            for gain, constant, count in zip(*members, position, strict=True)
        ]
        for position in counts
    ]
    values = [value for position in transformed for value in position]
    return [[int(len(values) * value >= sum(values)) for value in position] for position in transformed]


def layer_counts(layer, values, weights, added):
    """Return the counts of a layer as [position][output]."""
    if layer.window is None:
        return [[reference.count(layer, values.flatten().tolist(), each) for each in weights]]
    counts = []
    for y, x in np.ndindex(layer.window.height, layer.window.width):
        seen = window_values(layer.window, values, y, x)
        counts.append([reference.count(layer, seen, each) for each in weights])
        if added is not None:
            counts[-1] = [c + layer.skip_gain * int(a) for c, a in zip(counts[-1], added[y, x], strict=True)]
    return counts


def single_pass(program, pixels, mask):
    """Return the activations of each hidden layer, and the logits, of one pass of one input."""
    config = program.config
    values = np.array(pixels).reshape(config.network.image or -1)
    found = []
    for layer in config.layers:
        added = None if layer.skip is None else found[layer.skip]
        counts = layer_counts(layer, values, program.weights[layer.index].tolist(), added)
        if layer is config.layers[-1]:
            break
        choice = mask[2 * layer.index] + 2 * mask[2 * layer.index + 1]
        members = program.neurons[layer.index]["gains"], program.neurons[layer.index]["constants"]
        values = np.array(neurons(members, counts, choice))
        if layer.window is not None:
            values = values.reshape(layer.window.height // layer.pool, layer.pool, -1, layer.pool, layer.outputs)
            values = values.max(axis=(1, 3))
        found.append(values)
    correction = zip(program.gains.tolist(), program.offsets.tolist(), program.shifts.tolist(), strict=True)
    return found, [
        reference.logit(2 * p - layer.count_max, *integers, config.logits)
        for p, integers in zip(counts[0], correction, strict=True)
    ]


@both_kinds
@settings(max_examples=40)
@given(seed=seeds)
def test_agrees_with_the_reference(convolutions, seed):
    """Every activation and every logit, of masks that are drawn one by one."""
    program, pixels = case(seed, convolutions)
    config, model = program.config, IntegerModel(program)
    passes = min(config.bayes.passes, 3)
    drawn = reference.mask_bits(config, program.codes.tolist(), program.seed, len(pixels), passes)
    logits = model.logits(pixels, passes=passes)
    for t in range(passes):
        trace = model.trace(pixels, [masks[t] for masks in drawn])
        assert torch.equal(trace.logits, logits[:, t])
        for index, image in enumerate(pixels.tolist()):
            activations, expected = single_pass(program, image, drawn[index][t])
            assert logits[index, t].tolist() == expected
            for own, layer in zip(activations, trace.activations, strict=True):
                assert layer[index].flatten().tolist() == own.flatten().tolist()


@both_kinds
@settings(max_examples=60)
@given(seed=seeds, batch_size=st.integers(1, 5), first_pass=st.integers(0, 2**40))
def test_sharing_changes_no_bit(convolutions, seed, batch_size, first_pass):
    program, pixels = case(seed, convolutions, inputs=4)
    model = IntegerModel(program)
    passes = program.config.bayes.passes
    draws = pass_draws(program, len(pixels), passes=passes, first_pass=first_pass)
    logits = model.logits(pixels, first_pass=first_pass, batch_size=batch_size)
    for t in range(passes):
        own = tuple(None if drawn is None else drawn[:, t : t + 1] for drawn in draws)
        assert torch.equal(logits[:, t], model.trace(pixels, draws=own).logits)


@given(seed=seeds)
def test_a_second_worker_starts_in_the_middle(seed):
    program, pixels = case(seed, False, inputs=4)
    logits = IntegerModel(program).logits(pixels)
    (state,) = states_after(program, 2 * program.config.bayes.passes)
    second = IntegerModel(dataclasses.replace(program, seed=state))
    assert torch.equal(second.logits(pixels[2:]), logits[2:])


@both_kinds
@settings(max_examples=40)
@given(seed=seeds)
def test_every_activation_of_the_float_network(convolutions, seed):
    """Training sees values that were rounded to the hardware's integers: also those that equal the mean agree."""
    rng = np.random.default_rng(seed)
    config = random_config(rng, convolutions=convolutions, bayes={"method": "affine-dropout"})
    network = Network(config, seed=seed).double().eval()
    pixels = rng.integers(0, 2**config.network.input_bits, (3, config.network.inputs))
    masks = torch.from_numpy(rng.integers(0, 2, (3, config.stochastic.mask_width)))
    floating = []
    for layer in network.hidden:
        layer.register_forward_hook(lambda *event: floating.append(event[-1].detach()))
    draws = tuple(drawn if drawn is None else drawn[:, 0] for drawn in check_masks(config, masks[:, None], 3, 1, "cpu"))
    network(torch.from_numpy(pixels), draws)
    trace = IntegerModel(lower(network)).trace(pixels, masks)
    for signs, bits in zip(floating, trace.activations, strict=True):
        found = signs.permute(0, 2, 3, 1).flatten(1, 2) if signs.ndim > 2 else signs
        assert torch.equal(found, 2.0 * bits.double() - 1)


@both_kinds
@given(seed=seeds, shift=st.integers(-2000, 2000).map(lambda value: value / 4))
def test_what_all_channels_share_cancels(convolutions, seed, shift):
    """Where weights are dropped, a common change of the pre-activations changes nothing; counts may be real."""
    program, _ = case(seed, convolutions)
    layer = program.config.layers[0]
    rng = np.random.default_rng(seed)
    members = Mean().random_neurons(layer, rng)
    members["gains"][:, [0, 2]] = 16
    counts = torch.from_numpy(rng.integers(0, layer.count_max, (5, layer.vectors, layer.outputs), endpoint=True))
    draws = torch.from_numpy(rng.choice([0, 2], 5))
    fired = Mean().fire(layer, members, counts, draws)
    assert torch.equal(Mean().fire(layer, members, counts.double() + shift, draws), fired)
    assert fired.flatten(1).any(dim=1).all()


def test_what_is_dropped():
    layer = TINY.layers[0]
    own = AffineDropoutNeurons(layer, torch.Generator().manual_seed(0))
    z = torch.randn(4, layer.outputs)
    found = own(z, torch.tensor([0, 1, 2, 3]))
    gains, constants = (torch.from_numpy(each.T).double() for each in own.integers(own.unit))
    weight, bias = gains / 16, (2 * constants + gains * layer.count_max) / (16 * own.unit)
    assert (weight[[0, 2]] == 1).all()
    assert (bias[:2].abs() <= 1 / (16 * own.unit)).all()
    assert (weight[1] - own.weight).abs().max() <= 1 / 32
    # Had all weights been 1 and all biases 0, dropping them would have changed nothing.
    assert own.weight.std() > 0.3 < own.bias.std()
    assert torch.allclose(found, inverted_norm(z * weight + bias).float(), atol=1e-5)
    assert torch.allclose(found.mean(dim=1), torch.zeros(4), atol=1e-5)
    assert torch.allclose(found.std(dim=1, correction=0), torch.ones(4), atol=1e-3)


@pytest.mark.parametrize(
    ("draw", "learns"), [(0, (False, False)), (1, (True, False)), (2, (False, True)), (3, (True, True))]
)
def test_what_is_dropped_learns_nothing(draw, learns):
    layer = TINY.layers[0]
    own = AffineDropoutNeurons(layer, torch.Generator().manual_seed(0))
    z = torch.randn(3, layer.outputs)
    own(z, torch.full((3,), draw)).square().mul(torch.randn(3, layer.outputs)).sum().backward()
    assert tuple(bool(each.grad.any()) for each in (own.weight, own.bias)) == learns


@pytest.mark.parametrize(("weight", "gain"), [(0.0, 0), (1.0, 16), (-2.0, -32), (-9.0, -32), (9.0, 31), (1 / 32, 1)])
def test_gains_saturate(weight, gain):
    layer = TINY.layers[0]
    own = AffineDropoutNeurons(layer, torch.Generator().manual_seed(0))
    with torch.no_grad():
        own.weight.fill_(weight)
    gains, constants = own.integers(own.unit)
    assert (gains == [16, gain, 16, gain]).all()
    assert (constants[:, 0] == -8 * layer.count_max).all()


@pytest.mark.parametrize(("bias", "end"), [(1e6, "highest"), (-1e6, "lowest")])
def test_constants_saturate(bias, end):
    layer = TINY.layers[0]
    own = AffineDropoutNeurons(layer, torch.Generator().manual_seed(0))
    with torch.no_grad():
        own.bias.fill_(bias)
    assert (own.integers(own.unit)[1][:, 2:] == getattr(layer.neuron_fields[1], end)).all()


def test_it_learns():
    config = CoreConfig.model_validate({**TINY.model_dump(), "training": {**TINY.training.model_dump(), "epochs": 30}})
    dataset = load(config)
    state = train(config, dataset, seed=0)
    assert state.losses[-1] < state.losses[0] * 0.6
    logits = IntegerModel(lower(state.network())).logits(dataset.test_pixels)
    right = logits.sum(dim=1).argmax(dim=1) == dataset.test_labels
    # Sixteen neurons in each layer are few to have a mean of their own; by chance it would be a tenth.
    assert right.double().mean() > 0.4
    # Its passes differ.
    assert (logits != logits[:, :1]).any()
