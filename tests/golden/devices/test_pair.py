"""Weights as pairs of cells."""

import dataclasses
import math

import pytest
import torch
from scipy import stats

from golden.devices import Flicker, Ideal, Pair, devices
from hdl.config import InputError

from .conftest import MODELS, generator

PCM = devices()["pcm"]
QUIET = dataclasses.replace(PCM, programming_scale=0.0)

#: Probabilities of the networks: codes of eight bits.
CODES = torch.arange(256, dtype=torch.float64) / 256


@pytest.mark.parametrize("noise_target", [2.5, 5.0, 12.5])
def test_targets_give_their_probability(noise_target):
    """To nine digits in double precision, by a formula of the test's own."""
    pair = Pair(model=PCM, noise_target=noise_target)
    targets = pair.targets(CODES[1:])

    def read(target):
        return target * min(0.0088 / (target / 25) ** 0.65, 0.2) * math.sqrt(math.log((20 + 250e-9) / 500e-9))

    for target, probability in zip(targets.tolist(), CODES[1:].tolist(), strict=True):
        score = (target - noise_target) / math.hypot(read(target), read(noise_target))
        assert stats.norm.cdf(score) == pytest.approx(probability, rel=1e-6)
    assert pair.realised(targets).tolist() == pytest.approx(CODES[1:].tolist(), abs=1e-9)
    assert (targets.diff() > 0).all()
    assert float(pair.targets(0.5)) == pytest.approx(noise_target)


def test_what_is_out_of_reach_is_the_end():
    pair = Pair(model=PCM, noise_target=1.0)
    least = float(pair.realised(torch.tensor(0.0)))
    assert 1e-4 < least < 1e-3
    assert pair.targets(torch.tensor([0.0, least / 2, 1.0])).tolist() == [0.0, 0.0, 25.0]


@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if model.analog and name != "ideal"])
def test_the_probability_is_realised(name):
    """In samples of cells without programming noise, each weight within its error."""
    model = MODELS[name]
    lowest, highest = model.limits
    pair = Pair(model=model, noise_target=lowest + 0.3 * (highest - lowest))
    probability = torch.linspace(0.02, 0.98, 25).expand(2, 25)
    weights = pair.program(probability, generator())
    samples = weights.sample(generator(1), reads=20_000)
    assert samples.dtype == torch.bool
    assert samples.shape == (20_000, 2, 25)
    real = weights.probability()
    errors = (real * (1 - real) / 20_000).sqrt() + 1e-9
    assert float(((samples.double().mean(dim=0) - real) / errors).abs().max()) < 5
    # And without programming noise it is what was asked for.
    if name == "pcm":
        quiet = Pair(model=QUIET, noise_target=7.5).program(probability, generator())
        torch.testing.assert_close(quiet.probability(), probability, rtol=0, atol=1e-5)
        assert float((real - probability).abs().max()) > 0.1


def test_one_draw_for_both_cells_is_two():
    """Reading both cells and comparing gives the same distribution."""
    pair = Pair(model=PCM, noise_target=2.5)
    weights = pair.program(torch.full((1, 50), 0.4), generator())
    reads = 20_000
    both = weights.weight.read(generator(1), reads=reads) > weights.noise.read(generator(2), reads=reads)
    expected = weights.probability()
    errors = (expected * (1 - expected) / reads).sqrt() + 1e-9
    assert float(((both.double().mean(dim=0) - expected) / errors).abs().max()) < 5


def test_correlated_reads_repeat_themselves():
    """P stays, and two reads agree as two correlated Gaussians are on one side: ½ + asin(r)/π at P = ½."""
    weights = Pair(model=QUIET, noise_target=5.0).program(torch.full((1, 40_000), 0.5), generator())
    noise = Flicker.of_device(interval=1e-6, read_time=PCM.read_time, seconds=20.0)
    first, second = weights.sample(generator(1), reads=2, correlation=noise)[:, 0]
    assert abs(float(first.double().mean()) - 0.5) < 5 * 0.5 / math.sqrt(40_000)
    expected = 0.5 + math.asin(float(noise.autocorrelation(torch.tensor(1e-6)))) / math.pi
    assert abs(float((first == second).double().mean()) - expected) < 5 * math.sqrt(0.25 / 40_000)


def test_a_common_drift_factor_cancels_and_exponents_that_depend_on_the_state_do_not():
    """But for the read noise, whose share of the conductance grows with time."""
    probability = torch.linspace(0.1, 0.9, 9).expand(1, 9)
    still = Pair(
        model=dataclasses.replace(QUIET, drift_mean=(0, 0.06, 0, 1), drift_spread=(0, 0, 0, 1)), noise_target=2.5
    )
    weights = still.program(probability, generator())
    grown = math.sqrt(math.log(3600 / 5e-7) / math.log(20 / 5e-7))
    weights.age(3600)
    expected = torch.special.ndtr(torch.special.ndtri(probability.double()) / grown)
    torch.testing.assert_close(weights.probability().double(), expected, rtol=0, atol=1e-5)
    moving = Pair(model=dataclasses.replace(QUIET, drift_spread=(0, 0, 0, 1)), noise_target=2.5)
    weights = moving.program(probability, generator())
    weights.age(3600)
    assert float((weights.probability().double() - expected).abs().max()) > 1e-3


def test_a_reference_moves_the_probability():
    weights = Pair(model=PCM, noise_target=5.0).program(torch.full((1, 4), 0.5), generator())
    reference = weights.difference()
    assert weights.probability(reference).tolist() == [[0.5] * 4]
    assert (weights.probability(reference + 1) < 0.5).all()
    assert not weights.sample(generator(), reads=100, reference=100.0).any()


def test_no_noise_left():
    """A pair that reads without noise is a fixed weight."""
    weights = Pair(model=Ideal(noise=1e-3), noise_target=5.0).program_targets(
        torch.tensor([[4.0, 5.0, 6.0]]), generator()
    )
    silent = Ideal()
    weights.weight, weights.noise = (
        silent.program(each.targets, generator()) for each in (weights.weight, weights.noise)
    )
    assert weights.probability().tolist() == [[0.0, 0.5, 1.0]]


@pytest.mark.parametrize("probability", [-0.1, 1.5, math.nan])
def test_probability_out_of_range(probability):
    with pytest.raises(InputError, match=rf"^probability must be between 0 and 1, not {probability:g}$"):
        Pair(model=PCM, noise_target=2.5).targets([0.5, probability])


@pytest.mark.parametrize(
    ("name", "noise_target", "line"),
    [
        ("mtj", 60.0, "device must have targets between its levels, not 'mtj'"),
        ("sram", 0.0, "device must have targets between its levels, not 'sram'"),
        ("ideal", 2.5, "device must have read noise, not 'ideal', which has none"),
        ("pcm", -1.0, "targets must be between 0 and 25 µS, not -1"),
    ],
)
def test_devices_that_make_no_pair(name, noise_target, line):
    with pytest.raises(InputError) as error:
        Pair(model=devices()[name], noise_target=noise_target)
    assert str(error.value) == line
