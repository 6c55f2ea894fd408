"""Phase-change memory compared with published formulas and figures."""

import dataclasses
import math

import pytest
import torch
from scipy import integrate, stats

from golden.devices import devices

from .conftest import generator

PCM = devices()["pcm"]
HOUR, DAY = 3600, 86400
TARGETS = torch.tensor([1.0, 2.5, 12.5, 25.0], dtype=torch.float64)

#: G, µS; σ_prog, µS; read noise at 20 s, %; what is left after 1 h, 1 day, 30 days.
TABLE = [
    (1.0, 0.340, 29.8, (0.68, 0.54, 0.42)),
    (2.5, 0.448, 16.5, (0.73, 0.60, 0.49)),
    (12.5, 0.953, 5.8, (0.78, 0.66, 0.56)),
    (25.0, 1.055, 3.7, (0.78, 0.66, 0.56)),
]


@pytest.mark.parametrize(("conductance", "programming", "noise", "left"), TABLE)
def test_the_published_table(conductance, programming, noise, left):
    target = torch.tensor(conductance, dtype=torch.float64)
    assert round(float(PCM.programming_deviation(target)), 3) == programming
    state = PCM.nominal(target)
    now = PCM.conductance(state, 20)
    # The table has 16.446 % as 16.5.
    assert 100 * float(PCM.read_deviation(state, 20, now) / now) == pytest.approx(noise, abs=0.055)
    assert float(now) == conductance
    after = [round(float(PCM.conductance(state, seconds)) / conductance, 2) for seconds in (HOUR, DAY, 30 * DAY)]
    assert after == list(left)


def test_formulas_term_by_term():
    """As scalars, with the math module."""
    for target in (0.3, 2.0, 9.0, 20.0):
        g = target / 25
        expected = max(-1.1731 * g**2 + 1.9650 * g + 0.2635, 0)
        assert float(PCM.programming_deviation(torch.tensor(target).double())) == pytest.approx(expected, rel=1e-7)
        mean, deviation = PCM.exponent(torch.tensor(target).double())
        assert float(mean) == pytest.approx(min(max(-0.0155 * math.log(g) + 0.0244, 0.049), 0.1), rel=1e-6)
        assert float(deviation) == pytest.approx(min(max(-0.0125 * math.log(g) - 0.0059, 0.008), 0.045), rel=1e-6)
        relative = min(0.0088 / g**0.65, 0.2) * math.sqrt(math.log((HOUR + 250e-9) / 500e-9))
        assert float(PCM.relative_noise(torch.tensor(target).double(), HOUR)) == pytest.approx(relative, rel=1e-6)


@pytest.mark.parametrize("seconds", [20.0, float(HOUR), 30.0 * DAY])
@pytest.mark.parametrize("programmed_noise", [False, True])
def test_moments_are_those_of_numerical_integration(seconds, programmed_noise):
    """Over programming noise and exponent, by a method of its own."""
    model = dataclasses.replace(PCM, programmed_noise=programmed_noise)
    moments = model.moments(TARGETS, seconds)
    for index, target in enumerate(TARGETS.tolist()):
        deviation = float(model.programming_deviation(TARGETS[index]))
        mean, spread = (float(each) for each in model.exponent(TARGETS[index]))

        def programmed(power, noisy, target=target, deviation=deviation):
            def value(x):
                noise = float(model.relative_noise(torch.tensor(x).double(), seconds)) if noisy else 1
                return x**power * noise**power * stats.norm.pdf(x, target, deviation)

            return integrate.quad(value, 0, target + 9 * deviation, points=[target], limit=200)[0]

        def decay(power, mean=mean, spread=spread):
            return integrate.quad(
                lambda nu: (seconds / 20) ** (-power * abs(nu)) * stats.norm.pdf(nu, mean, spread),
                mean - 9 * spread,
                mean + 9 * spread,
                points=[0, mean],
            )[0]

        first, second = programmed(1, False) * decay(1), programmed(2, False) * decay(2)
        noise = second * float(model.relative_noise(TARGETS[index], seconds)) ** 2
        if programmed_noise:
            noise = programmed(2, True) * decay(2)
        assert float(moments.mean[index]) == pytest.approx(first, rel=1e-6)
        assert float(moments.deviation[index]) == pytest.approx(math.sqrt(second - first**2), rel=1e-4)
        assert float(moments.read_deviation[index]) == pytest.approx(math.sqrt(noise), rel=1e-5)


def test_nothing_is_programmed_below_zero_and_no_exponent_is_negative():
    cells = PCM.program(torch.zeros(2, 50_000), generator())
    assert float(cells.conductance().min()) == 0
    # Half of a Gaussian around 0 is cut off.
    assert abs(float((cells.conductance() == 0).double().mean()) - 0.5) < 5 * math.sqrt(0.25 / 100_000)
    assert float(cells.state["exponent"].min()) >= 0


def test_scales_turn_effects_off():
    quiet = dataclasses.replace(PCM, programming_scale=0.0, drift_scale=0.0, read_scale=0.0)
    targets = torch.full((3, 10), 7.0)
    cells = quiet.program(targets, generator())
    cells.age(DAY)
    assert torch.equal(cells.conductance(), targets)
    assert torch.equal(cells.read(generator(), reads=2), targets.expand(2, 3, 10))
    moments = quiet.moments(torch.tensor(7.0), DAY)
    assert (float(moments.mean), float(moments.deviation), float(moments.read_deviation)) == (7, 0, 0)
