"""Claims, their outcomes and the statistics behind them."""

import numpy as np
import pytest
from scipy import stats

from flows.base.spread import Spread
from flows.documents.claims.difference import Difference, Verdict, paired, spread_ratio, welch
from flows.documents.claims.page import claims
from flows.studies.page import RESULTS

from ...test_documents import ROOT


@pytest.mark.parametrize(
    ("mean", "half", "better", "expected"),
    [
        (1.0, 0.5, 1, Verdict.WON),
        (1.0, 0.5, -1, Verdict.LOST),
        (-1.0, 0.5, 1, Verdict.LOST),
        (-1.0, 0.5, -1, Verdict.WON),
        (0.4, 0.5, 1, Verdict.OPEN),
        (-0.4, 0.5, 1, Verdict.OPEN),
        (0.5, 0.5, 1, Verdict.OPEN),
    ],
)
def test_an_interval_that_holds_zero_is_open(mean, half, better, expected):
    assert Difference(mean=mean, half=half).verdict(better=better) is expected


def test_welch_is_that_of_scipy():
    rng = np.random.default_rng(3)
    mine, theirs = rng.normal(1, 2, 5), rng.normal(0, 0.3, 5)
    found = welch(Spread.of(mine.tolist()), Spread.of(theirs.tolist()), 5)
    expected = stats.ttest_ind(mine, theirs, equal_var=False).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_welch_of_one_value_is_refused():
    with pytest.raises(ValueError, match="deviation of both sides"):
        welch(Spread.of([1.0]), Spread.of([1.0, 2.0]), 2)


def test_paired_is_that_of_scipy():
    rng = np.random.default_rng(4)
    mine, theirs = rng.normal(1, 1, 20), rng.normal(0, 1, 20)
    found = paired(mine.tolist(), theirs.tolist())
    expected = stats.ttest_rel(mine, theirs).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_deviations_that_are_the_same_are_called_different_in_one_of_twenty():
    rng = np.random.default_rng(5)
    common = rng.normal(0, 1, (1000, 20))
    called = [
        spread_ratio((each + rng.normal(0, 1, 20)).tolist(), (each + rng.normal(0, 1, 20)).tolist())[1]
        is not Verdict.OPEN
        for each in common
    ]
    assert stats.binomtest(sum(called), 1000, 0.05).pvalue > 0.001


@pytest.mark.parametrize(("scale", "expected"), [(0.2, Verdict.WON), (5.0, Verdict.LOST)])
def test_a_deviation_that_is_another_is_found(scale, expected):
    values = np.random.default_rng(6).normal(0, 1, (2, 20))
    ratio, verdict = spread_ratio((scale * values[0]).tolist(), values[1].tolist())
    assert verdict is expected
    assert ratio == pytest.approx(np.std(scale * values[0], ddof=1) / np.std(values[1], ddof=1))


def test_every_outcome_has_its_evidence():
    """A claim that is decided has results and the command that made them; one that is open for lack of them says so."""
    found = claims(ROOT)
    assert {each.evidence.verdict for each in found} == set(Verdict)
    for each in found:
        assert all((ROOT / RESULTS / path).is_file() for path in each.evidence.results)
        assert bool(each.evidence.results) == bool(each.evidence.commands)
        assert each.evidence.results or each.evidence.verdict is Verdict.OPEN
        assert bool(each.evidence.missing) == (each.evidence.verdict is Verdict.OPEN)
        assert each.tag in {"abstract", "summary", "derived"}
