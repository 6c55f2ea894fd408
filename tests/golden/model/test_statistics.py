import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.data import random_config
from golden.model import statistics
from hdl.config import CoreConfig, InputError

from ..reference import first_largest


@given(st.integers(0, 2**32 - 1), st.integers(0, 4), st.integers(1, 6), st.integers(2, 5))
def test_agrees_with_loops(seed, batch, passes, classes):
    # A small range, so that many logits are equal.
    logits = np.random.default_rng(seed).integers(-2, 2, (batch, passes, classes))
    result = statistics(logits)
    assert {value.dtype for value in vars(result).values()} == {torch.int64}
    for i, of_input in enumerate(logits.tolist()):
        sums = [sum(y[c] for y in of_input) for c in range(classes)]
        votes = [sum(first_largest(y) == c for y in of_input) for c in range(classes)]
        assert result.sums[i].tolist() == sums
        assert result.squares[i].tolist() == [sum(y[c] ** 2 for y in of_input) for c in range(classes)]
        assert result.votes[i].tolist() == votes
        assert int(result.winner[i]) == first_largest(sums)


@given(st.integers(0, 2**32 - 1), st.integers(0, 4), st.integers(1, 6), st.integers(2, 5))
def test_a_weight_is_that_many_passes(seed, batch, passes, classes):
    rng = np.random.default_rng(seed)
    logits, weights = rng.integers(-2, 2, (batch, passes, classes)), rng.integers(0, 4, (batch, passes))
    weights[:, 0] += 1
    found = statistics(logits, weights)
    for i in range(batch):
        repeated = statistics(np.repeat(logits[i], weights[i], axis=0)[None])
        assert all(torch.equal(value[0], vars(found)[name][i]) for name, value in vars(repeated).items())


def test_lowest_class_wins_among_equals():
    result = statistics(torch.tensor([[[3, 5, 5], [2, 0, 0]]]))
    assert result.votes.tolist() == [[1, 1, 0]]
    assert result.sums.tolist() == [[5, 5, 5]]
    assert result.winner.tolist() == [0]


@given(st.integers(0, 2**32 - 1))
def test_extremes_fit_their_widths(seed):
    check_corners(random_config(np.random.default_rng(seed)))


@pytest.mark.parametrize("name", CoreConfig.names())
def test_extremes_fit_their_widths_of_named_configurations(name):
    check_corners(CoreConfig.load(name))


def check_corners(config):
    passes = config.pass_weight_total
    ends = torch.tensor([config.logits.lowest, config.logits.highest])
    # One pass of the largest weight, or as many as there can be.
    weights = torch.tensor([[passes]]) if config.passes_weighted else None
    result = statistics(ends.expand(1, 1 if config.passes_weighted else passes, 2), weights)
    assert result.sums.tolist() == [[passes * config.logits.lowest, passes * config.logits.highest]]
    assert -(2 ** (config.sum_width - 1)) <= int(result.sums.min())
    assert int(result.sums.max()) < 2 ** (config.sum_width - 1)
    assert int(result.squares.max()) == passes * config.logits.lowest**2 < 2**config.square_width
    assert int(result.votes.max()) == passes < 2**config.pass_weight_width


@pytest.mark.parametrize(
    ("logits", "line"),
    [
        ([[1, 2]], r"logits must have shape \(any, any, any\), not \(1, 2\)"),
        ([[[0.5, 1.0]]], r"logits must hold integers, not torch.float32"),
    ],
)
def test_bad_input(logits, line):
    with pytest.raises(InputError, match=f"^{line}$"):
        statistics(logits)


@pytest.mark.parametrize(
    ("weights", "line"),
    [
        ([[1]], r"weights must have shape \(1, 2\), not \(1, 1\)"),
        ([[1, -1]], r"weights must be between 0 and 9223372036854775807, not -1"),
        ([[1.0, 2.0]], r"weights must hold integers, not torch.float32"),
    ],
)
def test_bad_weights(weights, line):
    with pytest.raises(InputError, match=f"^{line}$"):
        statistics([[[1, 2], [3, 4]]], weights)
