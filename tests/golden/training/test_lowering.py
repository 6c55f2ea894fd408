import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.data import load, random_config
from golden.draws import check_masks, pass_draws
from golden.model import IntegerModel
from golden.training import Network, lower, train
from hdl.config import CoreConfig, InputError, config_twin

TINY = CoreConfig.load("tiny")
# Dyadic numbers, with which floating point is exact and thresholds do meet counts.
DYADIC = st.integers(-64, 64).map(lambda value: value / 8)


def random_network(config=TINY, seed=0):
    """Return a network in float64 whose statistics and affine parameters are all away from their defaults."""
    network = Network(config, seed=seed).double().eval()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for layer in network.hidden:
            shape = layer.neurons.norm.bias.shape
            layer.neurons.norm.weight.copy_(torch.randn(shape, generator=generator))
            layer.neurons.norm.bias.copy_(torch.randn(shape, generator=generator))
            layer.neurons.norm.running_mean.copy_(torch.randn(shape, generator=generator))
            layer.neurons.norm.running_var.copy_(torch.rand(shape, generator=generator) * 2)
        network.gain.copy_(torch.randn(network.gain.shape, generator=generator) * 3)
        network.bias.copy_(torch.randn(network.bias.shape, generator=generator))
    return network


def neurons(program, layer):
    """Return what each neuron gives, shape (counts, outputs, choices), at every count."""
    counts = np.arange(layer.count_max + 1)[:, None, None]
    return (counts >= program.thresholds[layer.index]) ^ program.flips[layer.index][:, None].astype(bool)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_every_activation_of_convolutions(seed):
    """Residuals, borders and pools: all activations of the float network are those of the integer model."""
    rng = np.random.default_rng(seed)
    config = random_config(rng, convolutions=True)
    network = random_network(config, seed)
    pixels = rng.integers(0, 2**config.network.input_bits, (3, config.network.inputs))
    masks = torch.from_numpy(rng.integers(0, 2, (3, config.stochastic.mask_width)))
    floating: list[torch.Tensor] = []
    for layer in network.hidden:
        layer.register_forward_hook(lambda *event: floating.append(event[-1].detach()))
    draws = tuple(drawn if drawn is None else drawn[:, 0] for drawn in check_masks(config, masks[:, None], 3, 1, "cpu"))
    network(torch.from_numpy(pixels), draws)
    trace = IntegerModel(lower(network)).trace(pixels, masks)
    # In float64 a random threshold meets a count with probability 0, so that no rounding decides.
    for signs, bits in zip(floating, trace.activations, strict=True):
        found = signs.permute(0, 2, 3, 1).flatten(1, 2) if signs.ndim > 2 else signs
        assert torch.equal(found, 2.0 * bits.double() - 1)


@given(seed=st.integers(0, 2**32))
@pytest.mark.parametrize("config", [TINY, config_twin(TINY)], ids=["bayesian", "twin"])
def test_every_neuron_at_every_count(config, seed):
    network = random_network(config, seed)
    program = lower(network)
    for layer, module in zip(config.hidden_layers, network.hidden, strict=True):
        counts = torch.arange(layer.count_max + 1)
        z = (2.0 * counts - layer.count_max).double()[:, None].expand(-1, layer.outputs) / module.unit
        for choice in range(layer.choices):
            own = module.neurons
            scaled = own.dropout(z, torch.full((len(z),), choice)) if hasattr(own, "dropout") else z
            normed = module.neurons.norm(scaled).detach()
            # A random threshold meets a count exactly with probability 0.
            assert normed.abs().min() > 1e-12
            assert np.array_equal(neurons(program, layer)[:, :, choice], (normed >= 0).numpy())


# With a gamma that is a power of two the division is exact.
@given(gamma=st.sampled_from([-4.0, -1.0, -0.25, 0.0, 0.5, 1.0, 2.0]), beta=DYADIC, mean=DYADIC)
def test_thresholds_that_meet_a_count(gamma, beta, mean):
    network = random_network()
    module, layer = network.hidden[0], TINY.layers[0]
    with torch.no_grad():
        module.neurons.norm.weight.fill_(gamma)
        module.neurons.norm.bias.fill_(beta)
        module.neurons.norm.running_mean.fill_(mean)
        module.neurons.norm.running_var.fill_(1)
        module.neurons.dropout.log_scale.fill_(0)
    module.neurons.norm.eps = 0.0
    counts = np.arange(layer.count_max + 1)
    active = gamma * ((2 * counts - layer.count_max) / module.unit - mean) + beta >= 0
    assert (neurons(lower(network), layer) == active[:, None, None]).all()


@pytest.mark.parametrize(("beta", "active"), [(1.0, 1), (0.0, 1), (-1.0, 0)])
def test_gamma_of_zero(beta, active):
    network = random_network()
    with torch.no_grad():
        network.hidden[1].neurons.norm.weight.zero_()
        network.hidden[1].neurons.norm.bias.fill_(beta)
    assert (neurons(lower(network), TINY.layers[1]) == active).all()


def test_negative_gamma_flips():
    network = random_network()
    program = lower(network)
    for index, module in enumerate(network.hidden):
        assert np.array_equal(program.flips[index], (module.neurons.norm.weight < 0).numpy())
        assert 0 < program.flips[index].sum() < len(program.flips[index])


@given(seed=st.integers(0, 2**32), scale=st.floats(1e-6, 1e3))
def test_logits_use_the_largest_shift_that_fits(seed, scale):
    network = random_network(seed=seed)
    with torch.no_grad():
        network.gain.mul_(scale)
        network.bias.mul_(scale)
    program, logits = lower(network), TINY.logits
    gains = network.gain.detach().numpy() / network.output_unit
    for gain, offset, found, shift, at in zip(
        gains, network.bias.tolist(), program.gains, program.shifts, program.offsets, strict=True
    ):

        def fixed(shift, gain=gain, offset=offset):
            step = 2.0 ** (logits.fraction + shift)
            return math.floor(gain * step + 0.5), math.floor(offset * step + 0.5)

        def fits(shift, fixed=fixed):
            limits = (logits.gain_width - 1, logits.offset_width - 1)
            return all(-(2**limit) <= value < 2**limit for value, limit in zip(fixed(shift), limits, strict=True))

        largest = max((shift for shift in range(logits.max_shift + 1) if fits(shift)), default=0)
        assert shift == largest
        if fits(largest):
            assert (found, at) == fixed(largest)


def test_logits_that_fit_nowhere_saturate():
    network = random_network()
    with torch.no_grad():
        network.gain.fill_(1e6)
        network.gain[0] = -1e6
        network.bias.fill_(1e6)
    program = lower(network)
    assert program.shifts.tolist() == [0] * 10
    assert program.gains.tolist() == [-32] + [31] * 9
    assert program.offsets.tolist() == [511] * 10


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_not_finite_is_refused(value):
    network = random_network()
    with torch.no_grad():
        network.hidden[0].neurons.norm.running_mean[3] = value
    with pytest.raises(InputError, match=rf"^hidden\.0\.neurons\.norm\.running_mean must be finite, not {value}$"):
        lower(network)


def test_weights_codes_and_seed():
    network = random_network()
    program = lower(network, provenance={"training_seed": "5"})
    for weights, linear in zip(
        program.weights, [*(each.linear for each in network.hidden), network.output], strict=True
    ):
        assert np.array_equal(weights, (linear.latent >= 0).long().numpy())
    assert program.codes.tolist() == list(TINY.stochastic.drop_codes)
    assert program.seed == TINY.random.seed
    assert program.provenance["training_seed"] == "5"
    assert program.provenance["torch"] == torch.__version__


def test_digits_keep_their_classes(capsys):
    """Compare the float and the integer model, both with the masks of the stochastic unit, on all test images."""
    config = CoreConfig.load("digits")
    config = config.model_copy(update={"training": config.training.model_copy(update={"epochs": 60})})
    dataset = load(config)
    network = train(config, dataset, seed=0).network()
    program = lower(network)
    passes = config.bayes.passes
    draws = pass_draws(program, len(dataset.test_pixels), passes=passes)
    floating = network.sample(dataset.test_pixels, draws, passes=passes)
    integers = IntegerModel(program).logits(dataset.test_pixels) / 2**config.logits.fraction
    classes = [each.softmax(dim=2).mean(dim=1).argmax(dim=1) for each in (floating, integers)]
    agree = int((classes[0] == classes[1]).sum())
    agree_passes = int((floating.argmax(dim=2) == integers.argmax(dim=2)).sum())
    accuracy = float((classes[1] == dataset.test_labels).double().mean())
    with capsys.disabled():
        print(
            f"\nfloat and integer model agree on {agree} of {len(floating)} classes and in {agree_passes} of "
            f"{floating.shape[0] * floating.shape[1]} passes; accuracy {accuracy:.4f}"
        )
    assert len(floating) == 360
    assert agree >= 0.995 * len(floating)
    assert accuracy >= 0.95
