"""Schemes with local units, or with several sets of weights: the integer model, lowering and training."""

import dataclasses
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.data.data import load
from golden.data.synthetic import random_config, random_program
from golden.draws.draws import pass_draws, states_after
from golden.draws.meaning import popcount
from golden.model.integer import IntegerModel
from golden.training.binary import BinaryLinear, by_set
from golden.training.lowering import lower
from golden.training.network import Network
from golden.training.sampled_scale import SampledScale, levels_of
from golden.training.schemes import scheme_of
from golden.training.schemes.ensemble import EnsembleNeurons
from golden.training.schemes.spatial_dropout import DropoutNeurons
from golden.training.training import train
from hdl.config import CoreConfig, InputError, StochasticUnits
from hdl.config.schemes import schemes
from hdl.contract.program import Program

from ... import drawn_reference

METHODS = ("spatial-dropout", "spin-dropout", "subset-vi", "ensemble")

each_method = pytest.mark.parametrize("method", METHODS)
each_shape = pytest.mark.parametrize("convolutions", [False, True], ids=["vectors", "maps"])
seeds = st.integers(0, 2**32 - 1)


def case(seed, method, inputs=2, *, convolutions=False, **overrides):
    """Return a random program and pixels, shape (inputs, N)."""
    rng = np.random.default_rng(seed)
    bayes = {"method": method, "max_passes": 4} | overrides.pop("bayes", {})
    config = random_config(rng, convolutions=convolutions, bayes=bayes, **overrides)
    program = random_program(config, rng)
    return program, rng.integers(0, 2**config.network.input_bits, (inputs, config.network.inputs))


@each_method
@each_shape
@settings(max_examples=25)
@given(seed=seeds, first_pass=st.integers(0, 3), width=st.integers(8, 11))
def test_agrees_with_the_reference(method, convolutions, seed, first_pass, width):
    program, pixels = case(seed, method, convolutions=convolutions, random={"lfsr_width": width})
    config = program.config
    passes = config.bayes.passes
    states = drawn_reference.unit_states(config, program.seed)
    values = drawn_reference.drawn(program, states, 2 * passes, first_pass)
    expected = [
        [drawn_reference.single_pass(program, pixels[i].tolist(), values[i * passes + t]) for t in range(passes)]
        for i in range(2)
    ]
    logits = IntegerModel(program).logits(pixels, passes=passes, first_pass=first_pass)
    assert logits.tolist() == expected


@each_method
@each_shape
@settings(max_examples=40)
@given(seed=seeds, batch_size=st.integers(1, 5), first_pass=st.integers(0, 2**70))
def test_sharing_changes_no_bit(method, convolutions, seed, batch_size, first_pass):
    program, pixels = case(seed, method, 4, convolutions=convolutions)
    model, passes = IntegerModel(program), program.config.bayes.passes
    logits = model.logits(pixels, first_pass=first_pass, batch_size=batch_size)
    draws = pass_draws(program, len(pixels), passes=passes, first_pass=first_pass)
    assert torch.equal(model.logits(pixels, draws=draws), logits)
    for t in range(passes):
        own = tuple(None if drawn is None else drawn[:, t : t + 1] for drawn in draws)
        assert torch.equal(logits[:, t], model.trace(pixels, draws=own).logits)


@each_method
@given(seed=seeds, passes=st.integers(0, 2**40))
def test_a_worker_starts_in_the_middle(method, seed, passes):
    program, _ = case(seed, method)
    config = program.config
    after = states_after(program, passes)
    assert len(after) == config.stochastic.units > 0
    expected = pass_draws(program, 2, passes=1, first_pass=passes)
    # A config whose units are seeded with those states draws the same from the beginning.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StochasticUnits, "seeds", lambda *_: after)
        middle = dataclasses.replace(program, seed=after[0])
        found = pass_draws(middle, 2, passes=1)
    for mine, other in zip(expected, found, strict=True):
        assert (mine is None) == (other is None)
        assert mine is None or torch.equal(mine, other)


@each_method
@each_shape
def test_what_is_drawn_matters(method, convolutions):
    """Something depends on what is drawn for each layer, or the tests above compare less than they seem to."""
    decided = set()
    for seed in range(60):
        program, pixels = case(
            seed, method, convolutions=convolutions, bayes={"passes": 2, "max_passes": 2}, random={"draw_bits": 8}
        )
        model = IntegerModel(program)
        draws = pass_draws(program, 2, passes=2)
        for index, drawn in enumerate(draws):
            if drawn is not None:
                other = tuple(each if each is not drawn else drawn.flip(1) for each in draws)
                if not torch.equal(model.logits(pixels, draws=draws), model.logits(pixels, draws=other)):
                    decided.add(index)
    assert decided >= ({0, 1} if method != "ensemble" else {1, 2})


@each_method
@each_shape
@settings(max_examples=15)
@given(seed=seeds)
def test_lowered_as_trained(method, convolutions, seed):
    """All activations of the float network are those of the integer model."""
    rng = np.random.default_rng(seed)
    config = random_config(rng, convolutions=convolutions, bayes={"method": method, "max_passes": 4})
    network = Network(config, seed=seed).double().eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in [*network.named_parameters(), *network.named_buffers()]:
            if "running_var" in name:
                value.copy_(torch.rand(value.shape, generator=generator) * 2)
            elif "norm" in name and value.ndim:
                value.copy_(torch.randn(value.shape, generator=generator))
            elif "scale." in name:
                value.add_(torch.randn(value.shape, generator=generator) / 2)
    program = lower(network)
    pixels = rng.integers(0, 2**config.network.input_bits, (3, config.network.inputs))
    draws = pass_draws(program, 3, passes=1)
    floating: list[torch.Tensor] = []
    for layer in network.hidden:
        layer.register_forward_hook(lambda *event: floating.append(event[-1].detach()))
    network(torch.from_numpy(pixels), tuple(None if drawn is None else drawn[:, 0] for drawn in draws))
    trace = IntegerModel(program).trace(pixels, draws=draws)
    assert len(floating) == len(config.hidden_layers)
    for signs, bits in zip(floating, trace.activations, strict=True):
        found = signs.permute(0, 2, 3, 1).flatten(1, 2) if signs.ndim > 2 else signs
        assert torch.equal(found, 2.0 * bits.double() - 1)


@each_method
def test_a_program_file_keeps_everything(method, tmp_path):
    program, pixels = case(3, method)
    path = tmp_path / "program.npz"
    path.write_bytes(program.to_bytes())
    loaded = Program.load(path, program.config)
    assert torch.equal(IntegerModel(loaded).logits(pixels), IntegerModel(program).logits(pixels))


def learning(method, epochs):
    document = CoreConfig.load("tiny").model_dump()
    own = {"p": [0.1] * len(document["network"]["hidden"])} if "dropout" in method else {}
    document["bayes"] = {"method": method, "passes": 8, "max_passes": 8} | own
    document["random"].update(lfsr_width=24, draw_bits=8)
    document["training"].update(epochs=epochs, batch_size=100, distortion=0.05)
    return CoreConfig.model_validate(document)


@each_method
def test_it_learns(method):
    config = learning(method, 15)
    dataset = load(config)
    final = train(config, dataset, seed=0)
    assert final.losses[-1] < final.losses[0] < math.log(10) * 1.5
    assert final.accuracies[-1] > 0.5
    program = lower(final.network())
    logits = IntegerModel(program).logits(dataset.test_pixels, passes=8)
    # The network is Bayesian not in name only: passes differ, and their mean is no worse than chance by far.
    assert (logits != logits[:, :1]).any(dim=(1, 2)).double().mean() > 0.5
    found = logits.sum(dim=1).argmax(dim=1)
    assert (found == dataset.test_labels).double().mean() > 0.5


@each_method
def test_samples_are_distributed_as_draws(method):
    """What training draws has the mean of what the hardware draws."""
    config = learning(method, 1)
    network = Network(config)
    trained = network.draw(20_000, torch.Generator().manual_seed(1))
    program = lower(network)
    hardware = pass_draws(program, 1, passes=20_000)
    for mine, other in zip(trained, hardware, strict=True):
        assert (mine is None) == (other is None)
        if mine is not None and other is not None:
            assert mine.shape[1:] == other.shape[2:]
            assert mine.double().mean().item() == pytest.approx(other.double().mean().item(), rel=0.02)
            assert mine.double().std().item() == pytest.approx(other.double().std().item(), rel=0.02)


def test_a_dropped_activation_is_a_constant():
    config = random_config(np.random.default_rng(0), bayes={"method": "spatial-dropout"})
    layer = config.layers[0]
    neurons = DropoutNeurons(layer)
    z = torch.randn(5, layer.outputs, requires_grad=True)
    draws = (torch.arange(5 * layer.outputs).view(5, 1, -1) % 3 > 0).to(torch.uint8)
    y = neurons(z, draws)
    kept = draws[:, 0].bool()
    assert (y[~kept] == -1).all()
    assert torch.equal(y[kept], neurons.norm(z)[kept])
    (gradient,) = torch.autograd.grad(y[~kept].sum(), z)
    assert not gradient.any()


def test_levels_are_standardized():
    for levels in range(2, 18):
        steps = levels - 1
        weights = torch.tensor([math.comb(steps, level) for level in range(levels)]).double() / 2**steps
        values = levels_of(levels)
        assert (weights * values).sum().item() == pytest.approx(0, abs=1e-12)
        assert (weights * values**2).sum().item() == pytest.approx(1)


def test_popcount_counts_the_lowest_bits():
    draws = torch.arange(256)
    assert popcount(draws, 5).tolist() == [bin(draw & 31).count("1") for draw in range(256)]


def test_the_divergence_is_that_of_gaussians():
    scale = SampledScale(6, 8)
    with torch.no_grad():
        scale.mean.copy_(torch.linspace(-1, 2, 6))
        scale.log_deviation.copy_(torch.linspace(-2, 1, 6))
    own = torch.distributions.Normal(scale.mean, scale.deviation)
    prior = torch.distributions.Normal(torch.ones(6), torch.ones(6))
    expected = torch.distributions.kl_divergence(own, prior).sum()
    assert scale.divergence().item() == pytest.approx(expected.item(), rel=1e-5)
    assert (scale.scales > 0).all()


def test_each_element_has_its_own_set():
    generator = torch.Generator().manual_seed(0)
    linear = BinaryLinear(5, 3, sets=4, generator=generator)
    x, chosen = torch.randn(9, 5), torch.tensor([3, 1, 0, 3, 3, 1, 0, 0, 1])
    found = linear(x, chosen)
    weights = 2.0 * linear.bits() - 1
    for row, choice in enumerate(chosen.tolist()):
        assert torch.allclose(found[row], weights[choice] @ x[row], atol=1e-5)
    assert by_set(x[:0], chosen[:0], weights, torch.nn.functional.linear).shape == (0, 3)


def test_sets_are_normalized_apart():
    """Also one that a single element of the batch has, and one that none has."""
    config = random_config(np.random.default_rng(1), bayes={"method": "ensemble", "sets": 4})
    neurons = EnsembleNeurons(config.layers[1])
    z, chosen = torch.randn(6, config.layers[1].outputs), torch.tensor([2, 0, 2, 0, 3, 0])
    found = neurons(z, chosen)
    for index in (0, 2):
        own = z[chosen == index]
        expected = (own - own.mean(dim=0)) / (own.var(dim=0, unbiased=False) + 1e-5).sqrt()
        assert torch.allclose(found[chosen == index], expected, atol=1e-5)
    assert torch.allclose(found[4], z[4], atol=1e-4)
    assert not neurons.norms[1].running_mean.any()


@pytest.mark.parametrize(
    ("bayes", "random", "line"),
    [
        (
            {"method": "subset-vi", "p": [0.5]},
            {},
            r"bayes.p is not a field of method 'subset-vi', whose",
        ),
        (
            {"method": "ensemble", "p": [0.5]},
            {},
            r"bayes.p is not a field of method 'ensemble', whose",
        ),
        ({"method": "spin-dropout", "p": []}, {}, r"bayes.p must have 1 values for method 'spin-dropout' and 1 hidden"),
        ({"method": "subset-vi"}, {"draw_bits": 6}, r"random.draw_bits must be at least 7 for 8 levels, not 6"),
        (
            {"method": "spatial-dropout", "p": [0.5], "levels": 4},
            {},
            r"bayes.levels is not a field of",
        ),
        ({"method": "subset-vi", "sets": 8}, {}, r"bayes.sets is not a field of method 'subset-vi'"),
        ({"method": "ensemble", "sets": 3}, {}, r"bayes.sets must be valid, not 3"),
    ],
)
def test_bad_configurations(bayes, random, line):
    document = {
        "name": "bad",
        "network": {"inputs": 4, "input_bits": 1, "hidden": [3], "classes": 2},
        "array": {"rows": 4, "cols": 4, "rows_per_read": 2},
        "bayes": bayes,
        "random": random,
    }
    lines = []
    for section, values in document.items():
        if isinstance(values, dict):
            lines += [f"[{section}]", *(f"{key} = {value!r}" for key, value in values.items())]
        else:
            lines.append(f"{section} = {values!r}")
    with pytest.raises(InputError, match=line):
        CoreConfig.parse("\n".join(lines))


@each_method
def test_every_scheme_has_its_two_files(method):
    config = random_config(np.random.default_rng(0), bayes={"method": method})
    assert config.bayes.method == method
    assert config.bayes.scheme is schemes()[method]
    assert scheme_of(config).neurons(config, config.hidden_layers[-1], torch.Generator())
