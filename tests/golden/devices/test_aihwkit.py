"""Phase-change and resistive memory compared with aihwkit."""

import dataclasses

import pytest
import torch
from scipy import stats

from golden.devices import devices

from .conftest import generator

CELLS = 20_000
TIMES = (20.0, 3600.0, 86400.0, 2592000.0)

#: Probability that right models fail any of all comparisons.
LEVEL = 1e-3


def test_phase_change_memory():
    """Distributions of reads at each target and time, by Kolmogorov and Smirnov."""
    noise = pytest.importorskip("aihwkit.inference.noise.pcm", reason="aihwkit is not installed")
    theirs = noise.PCMLikeNoiseModel(g_max=25.0)
    # The code takes g of what was programmed in σ_read, and cuts reads off at 0.
    ours = dataclasses.replace(devices()["pcm"], programmed_noise=True)
    p_values = []
    for index, target in enumerate((0.0, 1.0, 2.5, 12.5, 25.0)):
        wanted = torch.full((1, CELLS), target)
        cells, source = ours.program(wanted, generator(index)), generator(100 + index)
        with torch.random.fork_rng():
            torch.manual_seed(200 + index)
            programmed = theirs.apply_programming_noise_to_conductance(wanted.clone())
            exponents = theirs.generate_drift_coefficients(wanted)
            for seconds in TIMES:
                cells.age(seconds)
                expected = theirs.apply_drift_noise_to_conductance(programmed, exponents, seconds - theirs.t_0)
                found = cells.read(source)[0].clamp(min=0)
                p_values.append(stats.ks_2samp(found.flatten(), expected.flatten()).pvalue)
    assert len(p_values) == 20
    assert min(p_values) > LEVEL / len(p_values)


# It takes NumPy's logarithm of tensors.
@pytest.mark.filterwarnings("ignore:__array_wrap__ must accept context:DeprecationWarning")
def test_resistive_memory():
    """The same, away from the ends of the range, at which the code cuts."""
    noise = pytest.importorskip("aihwkit.inference.noise.reram", reason="aihwkit is not installed")
    theirs, ours = noise.ReRamCMONoiseModel(acceptance_range=2), devices()["rram"]
    p_values = []
    for index, target in enumerate((20.0, 40.0, 70.0)):
        wanted = torch.full((1, CELLS), target)
        cells, source = ours.program(wanted, generator(index)), generator(100 + index)
        with torch.random.fork_rng():
            torch.manual_seed(200 + index)
            programmed = theirs.apply_programming_noise_to_conductance(wanted.clone())
            for seconds in TIMES:
                cells.age(seconds)
                expected = theirs.apply_drift_noise_to_conductance(programmed, wanted, seconds)
                p_values.append(stats.ks_2samp(cells.read(source).flatten(), expected.flatten()).pvalue)
    assert len(p_values) == 12
    assert min(p_values) > LEVEL / len(p_values)
