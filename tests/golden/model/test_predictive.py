"""Integer predictive measures compared with real numbers.

Within the error bounds of docs/numerics.md#appendix-error-bounds.
"""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import golden.model.predictive_tables
import hdl.results.predictive.predictive_tables
from golden.model import predictive, results, softmax, statistics
from hdl.config import CoreConfig, InputError, Measure, PredictiveFormat

FORMAT = PredictiveFormat(
    classes=10, logit_width=12, fraction=6, probability_bits=12, entropy_bits=12, difference_bits=6
)


@st.composite
def formats(draw):
    width = draw(st.integers(4, 16))
    return PredictiveFormat(
        classes=draw(st.integers(2, 40)),
        logit_width=width,
        fraction=draw(st.integers(0, width - 1)),
        probability_bits=draw(st.integers(4, 12)),
        entropy_bits=draw(st.integers(4, 14)),
        difference_bits=draw(st.integers(0, 8)),
    )


def logits_of(measures, rng, passes, count=8):
    """Return logits (count, passes, classes): anything, nearly equal ones, extremes, and one class far ahead."""
    shape, half = (count, passes, measures.classes), 2 ** (measures.logit_width - 1)
    near = min(half, 4 << measures.fraction)
    anything = rng.integers(-half, half, shape)
    ahead = rng.integers(-half, 0, shape)
    ahead[..., 0] = half - 1
    kinds = [anything, rng.integers(-near, near, shape), rng.choice((-half, half - 1), shape), ahead, np.zeros(shape)]
    return torch.from_numpy(np.concatenate(kinds).astype(np.int64))


def surprise(p):
    return -p * math.log(p) if p else 0.0


def errors(measures):
    """Return the stated bounds: of a probability of a pass, of a mean, and of both entropies."""
    last, entropy_last = 2.0**-measures.probability_bits, 2.0**-measures.entropy_bits
    step = 2.0**-measures.step_bits if measures.dropped_bits else 0.0
    one, mean = last + step / 4, 1.5 * last + step / 4
    predictive_entropy = measures.classes * (surprise(mean) + entropy_last / 2)
    expected_entropy = measures.classes * (surprise(one) + entropy_last / 2) + entropy_last / 2
    return one, mean, predictive_entropy, expected_entropy


@settings(deadline=None, max_examples=60)
@given(formats(), st.integers(1, 64), st.integers(0, 2**32 - 1), st.booleans())
def test_errors_are_as_stated(measures, passes, seed, weighted):
    rng = np.random.default_rng(seed)
    logits = logits_of(measures, rng, passes)
    weights = torch.from_numpy(rng.integers(0, 9, logits.shape[:2])) if weighted else torch.ones(logits.shape[:2])
    weights[:, 0] += 1
    weights = weights.to(torch.int64)
    found = predictive(logits, measures, weights=weights)
    each = softmax(logits, measures)
    one, entropy_one = 2**measures.probability_bits, 2**measures.entropy_bits
    of_pass, of_mean, of_predictive, of_expected = errors(measures)

    exact = (logits.double() / 2**measures.fraction).softmax(dim=-1)
    share = weights.double() / weights.sum(dim=1, keepdim=True)
    mean = (exact * share.unsqueeze(-1)).sum(dim=1)
    predictive_entropy = torch.special.entr(mean).sum(dim=-1)
    expected_entropy = (torch.special.entr(exact).sum(dim=-1) * share).sum(dim=1)

    slack = 1e-12
    assert int(each.min()) >= 0
    assert int(each.max()) <= one
    assert ((each / one - exact).abs() <= of_pass + slack).all()
    assert ((found.probability / one - mean).abs() <= of_mean + slack).all()
    assert ((found.predictive_entropy / entropy_one - predictive_entropy).abs() <= of_predictive + slack).all()
    assert ((found.expected_entropy / entropy_one - expected_entropy).abs() <= of_expected + slack).all()
    mutual = predictive_entropy - expected_entropy
    assert ((found.mutual_information / entropy_one - mutual).abs() <= of_predictive + of_expected + slack).all()
    assert (found.mutual_information >= 0).all()
    assert (found.error_probability == one - found.probability.amax(dim=1)).all()
    for name in ("predictive_entropy", "expected_entropy", "mutual_information"):
        assert int(getattr(found, name).max()) <= measures.entropy_max


@settings(deadline=None, max_examples=60)
@given(formats())
def test_tables_are_those_of_the_hardware(measures):
    """Two constructions: decimals there, integers here; and neither is far from floating point."""
    exponentials = golden.model.predictive_tables.exponential_table(measures).tolist()
    assert exponentials == [*hdl.results.predictive.predictive_tables.exponential_table(measures), 0]
    surprises = golden.model.predictive_tables.surprise_table(measures).tolist()
    # There a probability of 1 shares the entry of 0.
    assert surprises == [*hdl.results.predictive.predictive_tables.surprise_table(measures), 0]
    for index, entry in enumerate(exponentials[:-1]):
        real = math.exp(-index / 2**measures.step_bits) * 2**measures.exponential_bits
        assert abs(entry - real) <= 0.5 + 1e-9 * real
    for index, entry in enumerate(surprises):
        assert abs(entry - surprise(index / 2**measures.probability_bits) * 2**measures.entropy_bits) <= 0.5 + 1e-6


@pytest.mark.parametrize(("bits", "entropy"), [(12, 12), (16, 16)])
def test_tables_of_the_largest_formats(bits, entropy):
    measures = PredictiveFormat(
        classes=1000, logit_width=24, fraction=12, probability_bits=bits, entropy_bits=entropy, difference_bits=8
    )
    assert golden.model.predictive_tables.exponential_table(measures).tolist()[:-1] == list(
        hdl.results.predictive.predictive_tables.exponential_table(measures)
    )
    assert golden.model.predictive_tables.surprise_table(measures).tolist()[:-1] == list(
        hdl.results.predictive.predictive_tables.surprise_table(measures)
    )


def test_a_weight_counts_like_as_many_passes():
    rng = np.random.default_rng(1)
    logits = logits_of(FORMAT, rng, 4)
    weights = torch.tensor([3, 0, 1, 2]).expand(len(logits), 4)
    repeated = logits.repeat_interleave(torch.tensor([3, 0, 1, 2]), dim=1)
    given_weights, plain = predictive(logits, FORMAT, weights=weights), predictive(repeated, FORMAT)
    for name in ("probability", *(measure.name.lower() for measure in Measure)):
        assert (getattr(given_weights, name) == getattr(plain, name)).all()


def test_equal_logits_are_as_unsure_as_can_be():
    found = predictive(torch.zeros((1, 3, 10), dtype=torch.int64), FORMAT)
    assert found.probability.tolist() == [[410] * 10]
    assert abs(int(found.predictive_entropy) / 4096 - math.log(10)) < 0.005
    assert int(found.mutual_information) == 0


def test_disagreement_is_mutual_information():
    """Two passes, each sure of another class: one bit, ln 2 nats."""
    logits = torch.full((1, 2, 10), -2048)
    logits[0, 0, 3] = logits[0, 1, 7] = 2047
    found = predictive(logits, FORMAT)
    assert int(found.expected_entropy) == 0
    assert int(found.mutual_information) == int(found.predictive_entropy) == 2 * round(0.5 * math.log(2) * 4096)
    assert int(found.error_probability) == 2048
    assert found.unknown(Measure.ERROR_PROBABILITY, 2048).tolist() == [True]
    assert found.unknown(Measure.ERROR_PROBABILITY, 2049).tolist() == [False]


@pytest.mark.parametrize(
    ("logits", "weights", "line"),
    [
        ([[[0] * 9]], None, "logits must have shape (any, any, 10), not (1, 1, 9)"),
        ([[[2048] * 10]], None, "logits must be between -2048 and 2047, not 2048"),
        ([[[0] * 10]], [[1, 1]], "weights must have shape (1, 1), not (1, 2)"),
        ([[[0] * 10]], [[-1]], "weights must be between 0 and 2305843009213693951, not -1"),
        ([[[0] * 10]], [[2**61]], "weights must be between 0 and 2305843009213693951, not 2305843009213693952"),
        (
            [[[0] * 10] * 2],
            [[2**60, 2**60]],
            "the sum of the weights of an input must be at most 2305843009213693951, not more",
        ),
        (
            [[[0] * 10] * 8],
            [[2**61 - 1] * 8],
            "the sum of the weights of an input must be at most 2305843009213693951, not more",
        ),
        ([[[0] * 10]], [[0]], "weights must not all be 0 for an input"),
    ],
)
def test_bad_input(logits, weights, line):
    with pytest.raises(InputError) as error:
        predictive(torch.tensor(logits), FORMAT, weights=weights)
    assert str(error.value) == line


def test_results_have_the_members_of_the_core():
    config = CoreConfig.load("digits")
    with_section = CoreConfig.model_validate(config.model_dump() | {"predictive": {"threshold": 0.5}})
    logits = logits_of(FORMAT, np.random.default_rng(2), 5)
    plain, found = results(logits, config), results(logits, with_section)
    summary = statistics(logits)
    assert list(plain) == ["sum", "square", "votes", "index", "winner"] == list(found)[:5]
    assert (plain["winner"] == summary.winner.unsqueeze(1)).all()
    expected = predictive(logits, FORMAT)
    assert (found["probability"] == expected.probability).all()
    assert (found["unknown"][:, 0] == (expected.predictive_entropy >= 2048)).all()
    chosen = results(logits, with_section, unknown=(Measure.MUTUAL_INFORMATION, 5))
    assert (chosen["unknown"][:, 3] == (expected.mutual_information >= 5)).all()
