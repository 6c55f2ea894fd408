"""Thresholds of lines against the definition, for every count."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden.interchange import Line
from golden.interchange.line import thresholds_of
from hdl.config import CoreConfig

LAYER = CoreConfig.load("tiny").layers[1]
NUMBERS = st.fractions(min_value=-6, max_value=6, max_denominator=4)
VARIANCES = st.fractions(min_value=Fraction(1, 4), max_value=9, max_denominator=4)


def fires(line):
    """Return for each count P whether the neuron with the thresholds of ``line`` fires."""
    found = thresholds_of(LAYER, [line])
    counts = np.arange(LAYER.count_max + 1)
    return ((counts >= found["thresholds"][0, 0]) ^ found["flips"][0]).astype(bool).tolist()


def signs(gamma, beta, mean, variance, scale, offset):
    """Return whether γ (y − mean) / √variance + β ≥ 0 for y of each count, decided on squares of rational numbers."""
    found = []
    for count in range(LAYER.count_max + 1):
        first = gamma * (scale * (2 * count - LAYER.count_max) + offset - mean)
        # first / √v + β ≥ 0 with √v > 0.
        if first >= 0 and beta >= 0:
            found.append(True)
        elif first < 0 and beta < 0:
            found.append(False)
        else:
            found.append(first**2 >= beta**2 * variance if first >= 0 else first**2 <= beta**2 * variance)
    return found


@given(NUMBERS, NUMBERS, NUMBERS, VARIANCES, NUMBERS, NUMBERS)
def test_thresholds(gamma, beta, mean, variance, scale, offset):
    line = Line.of(scale, offset).normalized(gamma, beta, mean, variance)
    assert fires(line) == signs(gamma, beta, mean, variance, scale, offset)


def test_a_second_batch_norm_is_refused():
    once = Line.of(Fraction(1)).normalized(Fraction(1), Fraction(0), Fraction(0), Fraction(2))
    with pytest.raises(ValueError, match=r"^a batch norm must not follow another one"):
        once.normalized(Fraction(1), Fraction(0), Fraction(0), Fraction(3))
    with pytest.raises(ValueError, match=r"^variance and epsilon must be greater than 0 together, not -1\.0$"):
        Line.of(Fraction(1)).normalized(Fraction(1), Fraction(0), Fraction(0), Fraction(-1))
