import itertools

import numpy as np
import pytest
from scipy import stats

from golden.randomness import bit_tests
from hdl.config import InputError


def bits(rng, passes, p):
    return (rng.random((passes, len(p))) >= p).astype(np.uint8)


@pytest.mark.parametrize("p", [[0.5], [0.1, 0.3], [0.3, 0.7, 0.0, 0.9]])
def test_p_values_of_independent_bits_are_uniform(p):
    """Kolmogorov and Smirnov's test of 200 p-values each; bits that never drop are left out."""
    rng = np.random.default_rng(len(p))
    found = [bit_tests(bits(rng, 3000, p), p, lags=4) for _ in range(200)]
    drawn = sum(each > 0 for each in p)
    for tests in zip(*found, strict=True):
        assert stats.kstest([test.p_value for test in tests], "uniform").pvalue > 1e-3
        # The statistic itself, not only its two-sided tail.
        assert np.mean([test.statistic for test in tests]) == pytest.approx(tests[0].degrees, rel=0.2)
    degrees = {"monobit": drawn, "runs": drawn, "serial": 4 * drawn}
    if drawn > 1:
        degrees["cross-layer"] = drawn * (drawn - 1) // 2 + 4 * drawn * (drawn - 1)
    assert {test.name: test.degrees for test in found[0]} == degrees


def test_statistics_are_what_they_say():
    """Each, written out for bits one can count."""
    masks = np.array([[0, 1], [0, 0], [1, 1], [1, 0], [0, 1], [1, 1], [0, 0], [1, 1]])
    p, lags, n = [0.5, 0.25], 2, 8
    found = {test.name: test for test in bit_tests(masks, p, lags=lags)}
    drops = np.array([4, 3])
    expected = n * np.array(p)
    squares = (drops - expected) ** 2 / (n * np.array([0.25, 0.1875]))
    assert found["monobit"].statistic == pytest.approx(squares.sum())
    assert found["monobit"].largest == pytest.approx(0.125)
    standard = [[(1 - bit - q) / np.sqrt(q * (1 - q)) for bit, q in zip(row, p, strict=True)] for row in masks]
    serial = 0.0
    for layer, lag in itertools.product(range(2), (1, 2)):
        serial += sum(standard[t][layer] * standard[t + lag][layer] for t in range(n - lag)) ** 2 / (n - lag)
    assert found["serial"].statistic == pytest.approx(serial)
    cross = sum(row[0] * row[1] for row in standard) ** 2 / n
    for (first, second), lag in itertools.product([(0, 1), (1, 0)], (1, 2)):
        cross += sum(standard[t][first] * standard[t + lag][second] for t in range(n - lag)) ** 2 / (n - lag)
    assert found["cross-layer"].statistic == pytest.approx(cross)


@pytest.mark.parametrize("q", [0.5, 0.125, 0.9])
def test_variance_of_runs_is_that_of_all_outcomes(q):
    """Over all words of ten bits the statistic of the runs has mean 1."""
    length, mean = 10, 0.0
    for word in itertools.product([0, 1], repeat=length):
        masks = np.array(word)[:, None]
        (runs,) = [test for test in bit_tests(masks, [q], lags=1) if test.name == "runs"]
        mean += runs.statistic * (1 - q) ** sum(word) * q ** (length - sum(word))
    assert mean == pytest.approx(1)


@pytest.mark.parametrize(
    ("spoil", "names"),
    [
        (lambda masks: masks, []),
        (lambda masks: np.where(np.arange(len(masks))[:, None] % 8, masks, 1), ["monobit"]),
        (lambda masks: np.repeat(masks[::2], 2, axis=0), ["runs", "serial"]),
        (lambda masks: np.tile(masks[: len(masks) // 5000], (5000, 1)), ["serial"]),
        (lambda masks: masks[:, [0, 0]], ["cross-layer"]),
        (lambda masks: np.stack([masks[:, 0], np.roll(masks[:, 0], 5)], axis=1), ["cross-layer"]),
    ],
    ids=["good", "kept now and then", "twice each", "short period", "same in both layers", "late in the other"],
)
def test_faults_are_found(spoil, names):
    p = [0.25, 0.25]
    masks = spoil(bits(np.random.default_rng(3), 20_000, p))
    failed = [test.name for test in bit_tests(masks, p) if test.p_value < 1e-3]
    assert set(names) <= set(failed)
    assert names or not failed


@pytest.mark.parametrize(
    ("shape", "p", "message"),
    [
        ((32, 1), [0.5], r"^masks must have shape \(more than 32, 1\), not \(32, 1\)$"),
        ((40, 2), [0.5], r"^masks must have shape \(more than 32, 1\), not \(40, 2\)$"),
        ((40, 2), [0.0, 0.0], r"^p must be between 0 and 1 for one bit or more, not \[0\.0, 0\.0\]$"),
    ],
)
def test_refuses(shape, p, message):
    with pytest.raises(InputError, match=message):
        bit_tests(np.ones(shape), p)
