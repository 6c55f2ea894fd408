import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.training import BernoulliConv2d, BernoulliLinear, BinaryConv2d, to_codes
from hdl.config import CoreConfig

SAMPLES = 4000


def layer(*, bits=1, image=None):
    network = {"inputs": 12, "input_bits": bits, "hidden": [5], "classes": 2}
    if image is not None:
        network |= {"inputs": math.prod(image), "image": image, "convolutions": [{"channels": 3}]}
    bayes = {"method": "sampled-weights", "passes": 1}
    config = CoreConfig.model_validate(
        {"name": "layer", "network": network, "array": {"rows": 16, "cols": 8, "rows_per_read": 4}, "bayes": bayes}
    )
    return config.layers[0]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def sampled(module, x_planes, shared, draw):
    """z of weights that are really drawn, shape (SAMPLES, outputs), of bit planes ±1 by their weight."""
    total = 0
    weights = None
    for gain, plane in x_planes:
        if weights is None or not shared:
            drawn = torch.rand((SAMPLES, *module.probability.shape), generator=draw) < module.probability
            weights = torch.where(drawn, 1.0, -1.0)
        total = total + gain * (weights @ plane)
    return total


@pytest.mark.parametrize("bits", [1, 4])
@pytest.mark.parametrize("shared", [False, True])
def test_sums_have_the_moments_of_sampled_weights(bits, shared):
    module = BernoulliLinear(layer(bits=bits), shared_planes=shared, generator=generator())
    pixels = torch.randint(2**bits, (12,), generator=generator(1))
    planes = [(2**bit, 2.0 * (pixels >> bit & 1) - 1) for bit in range(bits)]
    expected = sampled(module, planes, shared, generator(2))
    x = (2.0 * pixels - (2**bits - 1)).expand(SAMPLES, -1)
    draws = torch.randn((SAMPLES, 1, 5), generator=generator(3))
    found = module(x, draws).detach()
    deviation = expected.std(dim=0)
    # Five columns, two moments, two samples each: 4.5 standard errors are exceeded once in 10,000 runs.
    assert ((found.mean(0) - expected.mean(0)).abs() < 4.5 * deviation * math.sqrt(2 / SAMPLES)).all()
    assert ((found.std(0) / deviation).log().abs() < 4.5 * math.sqrt(1 / SAMPLES)).all()


def test_without_draws_it_says_so():
    module = BernoulliLinear(layer(), shared_planes=False, generator=generator())
    with pytest.raises(ValueError, match=r"^draws must be standard normal numbers, not None$"):
        module(torch.ones(1, 12), None)


@pytest.mark.parametrize("bits", [1, 3])
def test_certain_weights_are_those_of_a_binary_convolution(bits):
    """In the order of docs/numerics.md#convolutions, border and all."""
    shape = layer(bits=bits, image=(4, 5, 2))
    module = BernoulliConv2d(shape, shared_planes=False, generator=generator())
    binary = BinaryConv2d(shape.window, shape.outputs, generator=generator(1))
    with torch.no_grad():
        module.natural.copy_((2.0 * binary.bits() - 1) * 20)
    x = 2.0 * torch.randint(2**bits, (3, 2, 4, 5), generator=generator(2)) - (2**bits - 1)
    # The remaining standard deviation is the least possible.
    torch.testing.assert_close(module(x, torch.zeros(3, 20, 3)), binary(x))


def test_each_position_has_its_own_noise():
    module = BernoulliConv2d(layer(image=(4, 5, 2)), shared_planes=False, generator=generator())
    x = torch.ones(1, 2, 4, 5)
    draws = torch.zeros(1, 20, 3)
    draws[0, 7, 1] = 1
    difference = (module(x, draws) - module(x, torch.zeros(1, 20, 3))).detach()
    p = module.probability[1]
    assert difference[0, 1].flatten().nonzero().tolist() == [[7]]
    assert float(difference.abs().sum()) == pytest.approx(float((4 * p * (1 - p)).sum().sqrt()), rel=1e-5)


def test_penalty_is_part_of_the_divergence_from_fair_weights():
    module = BernoulliLinear(layer(), shared_planes=False, generator=generator())
    p = module.probability
    divergence = (p * (2 * p).log() + (1 - p) * (2 * (1 - p)).log()).sum()
    assert float(module.penalty().detach()) == pytest.approx(0.1 * float(divergence), rel=1e-5)
    module.penalty().backward()
    # d/dλ of λ tanh λ − ln cosh λ
    expected = 0.1 * module.natural * (1 - module.natural.tanh() ** 2)
    torch.testing.assert_close(module.natural.grad, expected.detach(), rtol=1e-4, atol=1e-6)


def test_natural_parameters_stay_in_their_range():
    module = BernoulliLinear(layer(), shared_planes=False, generator=generator())
    with torch.no_grad():
        module.natural.mul_(100)
    module.clip()
    assert float(module.natural.detach().abs().max()) == 4


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.integers(2, 10))
def test_codes_are_the_nearest(probabilities, bits):
    steps = 2**bits
    realised = torch.tensor([code / steps for code in range(steps - 1)] + [1.0], dtype=torch.float64)
    wanted = torch.tensor(probabilities, dtype=torch.float64)
    codes = to_codes(wanted, bits)
    best = (wanted[:, None] - realised).abs().min(dim=1).values
    assert codes.min() >= 0
    assert codes.max() < steps
    torch.testing.assert_close((wanted - realised[codes]).abs(), best, rtol=0, atol=1e-12)
