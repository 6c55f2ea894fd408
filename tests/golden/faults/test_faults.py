import math

import pytest
import torch

from golden.faults import FAULTS, AdditiveVariation, BitFlips, MultiplicativeVariation, UniformNoise, deviation
from hdl.config import CoreConfig, InputError

DRAWS = 200_000


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_names():
    assert {name: fault.name for name, fault in FAULTS.items()} == {name: name for name in FAULTS}
    assert sorted(FAULTS) == ["additive", "bit-flips", "multiplicative", "uniform"]


def test_bit_flips_have_their_rate_and_chips_their_own():
    signs = torch.where(torch.rand(400, 500, generator=generator()) < 0.5, -1.0, 1.0)
    flipped = BitFlips(strength=0.03).weights(signs, [generator(seed) for seed in (1, 2)])
    assert flipped.shape == (2, 400, 500)
    wrong = flipped != signs
    assert (flipped.abs() == 1).all()
    # Within 5 standard deviations of a fair draw.
    assert abs(float(wrong.double().mean()) - 0.03) < 5 * math.sqrt(0.03 * 0.97 / wrong.numel())
    assert float((wrong[0] & wrong[1]).double().mean()) == pytest.approx(0.03**2, abs=4e-4)


def test_a_chip_with_more_flips_has_those_of_a_better_one():
    signs = torch.ones(50, 60)
    low, high = (BitFlips(strength=rate).weights(signs, [generator(3)]) < 0 for rate in (0.1, 0.3))
    assert (low & ~high).sum() == 0 < (high & ~low).sum()


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_no_and_all_bits(rate):
    signs = torch.where(torch.rand(20, 30, generator=generator()) < 0.5, -1.0, 1.0)
    assert (BitFlips(strength=rate).weights(signs, [generator()]) == signs * (1 - 2 * rate)).all()


@pytest.mark.parametrize(
    ("fault", "spread", "limit"),
    [
        (AdditiveVariation(strength=0.5), 0.5 * 16, math.inf),
        # Of z = 24.
        (MultiplicativeVariation(strength=0.5), 0.5 * 24, math.inf),
        (UniformNoise(strength=0.5), 0.5 * 16 / math.sqrt(3), 0.5 * 16),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_noise_has_its_mean_and_spread(fault, spread, limit):
    z = torch.full((DRAWS,), 24.0)
    moved = fault.disturb(z, fault.noise((DRAWS,), generator()), 16.0) - z
    assert abs(float(moved.mean())) < 5 * spread / math.sqrt(DRAWS)
    assert float(moved.std()) == pytest.approx(spread, rel=0.01)
    assert float(moved.abs().max()) <= limit


@pytest.mark.parametrize("name", ["tiny", "digits", "fashion_cnn"])
def test_deviation_is_that_of_random_inputs_and_weights(name):
    for layer in CoreConfig.load(name).layers:
        pixels = torch.randint(layer.plane_gain + 1, (400, layer.inputs), generator=generator(1))
        signs = torch.randint(2, (300, layer.inputs), generator=generator(2)) * 2.0 - 1
        z = (2.0 * pixels - layer.plane_gain) @ signs.T
        assert float(z.std()) == pytest.approx(deviation(layer), rel=0.05)
    assert deviation(layer) == math.sqrt(layer.inputs)


@pytest.mark.parametrize(
    ("fault", "strength", "line"),
    [
        (BitFlips, 1.5, "rate of bit-flips must be between 0 and 1, not 1.5"),
        (BitFlips, -0.1, "rate of bit-flips must be between 0 and 1, not -0.1"),
        (AdditiveVariation, -1.0, "σ of additive must be between 0 and 1e+06, not -1.0"),
        (MultiplicativeVariation, math.inf, "σ of multiplicative must be between 0 and 1e+06, not inf"),
        (UniformNoise, math.nan, "amplitude of uniform must be between 0 and 1e+06, not nan"),
    ],
)
def test_refuses_a_strength_that_is_none(fault, strength, line):
    with pytest.raises(InputError) as error:
        fault(strength=strength)
    assert str(error.value) == line


def test_flips_are_never_fresh():
    with pytest.raises(InputError, match=r"^bit-flips must be frozen, not fresh$"):
        BitFlips(strength=0.1, fresh=True)
