"""Noise of successive reads."""

import math

import pytest
import torch
from scipy import integrate, special

from golden.devices import Flicker, Independent
from hdl.config import InputError

from .conftest import generator

#: As of PCM at its first read.
READ_TIME, SECONDS = 250e-9, 20.0
SHORTEST, LONGEST = READ_TIME / math.pi, (SECONDS + READ_TIME) / (2 * math.pi)
CELLS = torch.zeros(1, 20_000)


def flicker(interval):
    return Flicker.of_device(interval=interval, read_time=READ_TIME, seconds=SECONDS)


def test_the_band_is_that_of_the_read_noise():
    """ln(longest/shortest) is the logarithm in σ_read, so both have the variance of the same spectrum."""
    times = flicker(1.0).relaxation_times
    assert SHORTEST < float(times.min()) < float(times.max()) < LONGEST
    assert math.log(LONGEST / SHORTEST) == pytest.approx(math.log((SECONDS + READ_TIME) / (2 * READ_TIME)))


def test_the_spectrum_is_one_over_f():
    """Within 0.1 % three decades from the ends, half of it at the ends, and of variance 1."""
    noise, band = flicker(1.0), math.log(LONGEST / SHORTEST)
    lowest, highest = 1 / (2 * math.pi * LONGEST), 1 / (2 * math.pi * SHORTEST)
    inside = torch.logspace(math.log10(lowest) + 3, math.log10(highest) - 3, 200, dtype=torch.float64)
    assert float((noise.spectrum(inside) * inside * band - 1).abs().max()) < 1e-3
    ends = torch.tensor([lowest, highest], dtype=torch.float64)
    assert (noise.spectrum(ends) * ends * band).tolist() == pytest.approx([0.5, 0.5], abs=0.01)

    def power(logarithm):
        frequency = math.exp(logarithm)
        return float(noise.spectrum(torch.tensor(frequency, dtype=torch.float64))) * frequency

    assert integrate.quad(power, math.log(lowest) - 20, math.log(highest) + 20, limit=200)[0] == pytest.approx(
        1, rel=1e-6
    )


def test_autocorrelation_is_that_of_the_continuum():
    """The integral over all relaxation times: (E₁(Δ/longest) − E₁(Δ/shortest)) / ln(longest/shortest)."""
    lags = torch.logspace(-6, 0, 13, dtype=torch.float64)
    longest, shortest = (special.exp1(lags.numpy() / each) for each in (LONGEST, SHORTEST))
    expected = torch.from_numpy(longest - shortest) / math.log(LONGEST / SHORTEST)
    assert float((flicker(1.0).autocorrelation(lags) - expected).abs().max()) < 2e-3
    assert float(flicker(1.0).autocorrelation(torch.tensor(0.0))) == pytest.approx(1)


@pytest.mark.parametrize("interval", [1e-7, 1e-4, 0.1])
def test_reads_have_that_autocorrelation(interval):
    """Every lag within five standard errors, of cells that are independent of each other."""
    noise = flicker(interval)
    reads = noise.sample(CELLS, generator(), 6)[:, 0].double()
    assert reads.shape == (6, 20_000)
    for lag in range(6):
        products = reads[lag] * reads[0]
        expected = float(noise.autocorrelation(torch.tensor(lag * interval)))
        assert abs(float(products.mean()) - expected) < 5 * float(products.std()) / math.sqrt(len(products))
    neighbours = (reads[0, 1:] * reads[0, :-1]).mean()
    assert abs(float(neighbours)) < 5 / math.sqrt(20_000)


def test_reads_have_that_spectrum():
    """Periodograms of many cells; what is sampled once an interval has each component's spectrum in discrete time."""
    interval, count = 1e-6, 256
    noise = flicker(interval)
    reads = noise.sample(torch.zeros(1, 1000), generator(), count)[:, 0].double()
    turns = 2 * math.pi * torch.arange(1, count // 2).double() / count
    power = torch.fft.rfft(reads, dim=0).abs().square()[1 : count // 2] / count
    # The expected periodogram of a window is the sum over its lags, with their weights.
    lags = torch.arange(1 - count, count).double()
    weights = (1 - lags.abs() / count) * noise.autocorrelation(lags * interval)
    expected = (weights * torch.cos(turns[:, None] * lags)).sum(dim=1)
    scores = (power.mean(dim=1) / expected - 1) * math.sqrt(power.shape[1])
    assert float(scores.abs().max()) < 5
    assert float(scores.mean().abs()) < 5 / math.sqrt(len(scores))


def test_noise_goes_on_from_call_to_call():
    """One call of five reads is five calls of one."""
    whole, parts, source = flicker(1e-3), flicker(1e-3), generator()
    block = whole.sample(CELLS, generator(), 5)
    assert torch.equal(block, torch.cat([parts.sample(CELLS, source, 1) for _ in range(5)]))


def test_waiting_makes_reads_forget():
    noise = flicker(1e-6)
    first = noise.sample(CELLS, generator(), 1)[0, 0]
    noise.wait(0.1)
    second, third = noise.sample(CELLS, generator(1), 2)[:, 0]
    expected = noise.autocorrelation(torch.tensor([0.1 + 1e-6, 1e-6], dtype=torch.float64)).tolist()
    for products, correlation in zip((first * second, second * third), expected, strict=True):
        assert abs(float(products.mean()) - correlation) < 5 * float(products.std()) / math.sqrt(20_000)


def test_independent_reads():
    reads = Independent().sample(CELLS, generator(), 4)[:, 0]
    assert abs(float((reads[0] * reads[1]).mean())) < 5 / math.sqrt(20_000)
    assert abs(float(reads.std()) - 1) < 5 / math.sqrt(2 * reads.numel())


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((0.0, 1e-6, 1.0), "interval must be a positive number, not 0.0"),
        ((1.0, -1.0, 1.0), "shortest must be a positive number, not -1.0"),
        ((1.0, 1e-3, 1e-4), "longest must be more than shortest (0.001), not 0.0001"),
    ],
)
def test_bad_times(arguments, line):
    interval, shortest, longest = arguments
    with pytest.raises(InputError) as error:
        Flicker(interval=interval, shortest=shortest, longest=longest)
    assert str(error.value) == line


def test_one_object_serves_one_array():
    noise = flicker(1.0)
    noise.sample(torch.zeros(1, 3), generator(), 1)
    with pytest.raises(InputError, match=r"^cells must have the shape of those read before, \(1, 3\), not \(1, 4\)$"):
        noise.sample(torch.zeros(1, 4), generator(), 1)
    with pytest.raises(InputError, match=r"^seconds must be a finite number of at least 0, not -1$"):
        noise.wait(-1)
