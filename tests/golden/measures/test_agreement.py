import math
from statistics import NormalDist

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.measures import agreement, probabilities, total_variation
from hdl.config import InputError

seeds = st.integers(0, 2**32 - 1)


def softmax(values):
    each = [math.exp(value - max(values)) for value in values]
    return [value / sum(each) for value in each]


def mean_softmax(passes, weights, fraction):
    """Return the mean of the softmax of one input, with loops."""
    each = [softmax([value / 2**fraction for value in values]) for values in passes]
    total = sum(weights)
    return [sum(w * p[c] for w, p in zip(weights, each, strict=True)) / total for c in range(len(each[0]))]


@given(seeds, st.integers(1, 4), st.integers(1, 6), st.integers(2, 5), st.integers(0, 8))
def test_probabilities_agree_with_loops(seed, inputs, passes, classes, fraction):
    rng = np.random.default_rng(seed)
    logits, weights = rng.integers(-(2**11), 2**11, (inputs, passes, classes)), rng.integers(0, 99, (inputs, passes))
    weights[:, -1] += 1
    for given_weights in (None, weights):
        found = probabilities(logits, given_weights, fraction=fraction)
        used = np.ones_like(weights) if given_weights is None else weights
        expected = [mean_softmax(*each, fraction) for each in zip(logits.tolist(), used.tolist(), strict=True)]
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12, atol=1e-15)


def test_total_variation():
    one = torch.tensor([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]], dtype=torch.float64)
    other = torch.tensor([[0.25, 0.5, 0.25], [0.0, 0.0, 1.0]], dtype=torch.float64)
    assert total_variation(one, other).tolist() == [0.25, 1.0]
    assert total_variation(one, one).tolist() == [0.0, 0.0]


def sampled(seed, *, shift=0.0):
    """Compare samples of masks with a distribution that differs from theirs by ``shift`` in one mask."""
    rng = np.random.default_rng(seed)
    inputs, masks, samples = 20, 8, 2**16
    logits = rng.integers(-60, 60, (inputs, masks, 3))
    weights = rng.integers(1, 100, masks)
    share = weights / weights.sum()
    moved = share + shift * ((np.arange(masks) == 0) - share)
    counts = rng.multinomial(samples, moved, size=inputs)
    return agreement(logits, np.tile(weights, (inputs, 1)), counts, fraction=5)


@pytest.mark.parametrize("seed", range(20))
def test_samples_of_the_distribution_agree(seed):
    """All of the first twenty seeds: each has a chance of 99 % at the least."""
    found = sampled(seed)
    assert (found.samples, found.comparisons) == (2**16, 60)
    assert found.holds
    assert 0.5 < found.largest < found.bound


@pytest.mark.parametrize("seed", range(5))
def test_samples_of_another_distribution_do_not(seed):
    assert not sampled(seed, shift=0.05).holds


def test_the_bound_is_that_of_chance():
    found = sampled(0)
    assert 2 * found.comparisons * NormalDist().cdf(-found.bound) == pytest.approx(0.01)


def test_what_no_mask_changes_is_compared_without_a_standard_error():
    logits = np.tile([[[3, 5, 1]]], (2, 4, 1))
    assert agreement(logits, [[1, 2, 3, 4]] * 2, [[4, 4, 1, 1], [0, 0, 0, 10]], fraction=1).holds


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ([[1, 1]], r"counts must have shape \(2, 2\), not \(1, 2\)"),
        ([[1, 1], [1, 2]], r"counts must have the same sum for every input, not 2 and more"),
    ],
)
def test_bad_counts(counts, line):
    with pytest.raises(InputError, match=f"^{line}$"):
        agreement([[[1, 2], [3, 4]]] * 2, [[1, 1]] * 2, counts, fraction=0)


def test_no_inputs():
    with pytest.raises(InputError, match=r"^logits must be of one input or more, not of none$"):
        agreement(np.zeros((0, 2, 2), dtype=int), np.zeros((0, 2), dtype=int), np.zeros((0, 2), dtype=int), fraction=0)
