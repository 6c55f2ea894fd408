import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score, roc_curve

from golden.measures import SCORES, detection, predict, scores
from hdl.config import InputError


def two_sets(seed, known, strange, levels):
    """Scores of two sets, of so many different values that many are equal."""
    generator = torch.Generator().manual_seed(seed)
    one = torch.rand(known, generator=generator, dtype=torch.float64) * 2
    other = torch.rand(strange, generator=generator, dtype=torch.float64) * 2 + 0.5
    return tuple((each * levels).round() / levels for each in (one, other))


@given(
    seed=st.integers(0, 2**32),
    known=st.integers(1, 60),
    strange=st.integers(1, 60),
    levels=st.sampled_from([2, 10, 1e9]),
)
def test_agrees_with_scikit_learn(seed, known, strange, levels):
    inside, outside = two_sets(seed, known, strange, levels)
    found = detection(inside, outside)
    score = torch.cat([inside, outside]).numpy()
    is_strange = [0] * known + [1] * strange
    is_known = [1 - each for each in is_strange]
    assert found.auroc == pytest.approx(roc_auc_score(is_strange, score), abs=1e-6)
    assert found.aupr == pytest.approx(average_precision_score(is_strange, score), abs=1e-6)
    assert found.aupr_known == pytest.approx(average_precision_score(is_known, -score), abs=1e-6)
    # Positives are the known inputs, the ones with a small score.
    accepted_strange, accepted_known, _ = roc_curve(is_known, -score, drop_intermediate=False)
    enough = accepted_known * known >= 0.95 * known - 1e-9
    assert found.fpr95 == pytest.approx(accepted_strange[enough].min())


@given(seed=st.integers(0, 2**32), known=st.integers(1, 15), strange=st.integers(1, 15))
def test_auroc_is_the_share_of_pairs_in_the_right_order(seed, known, strange):
    inside, outside = two_sets(seed, known, strange, 3)
    pairs = (outside[:, None] > inside).double() + (outside[:, None] == inside).double() / 2
    assert detection(inside, outside).auroc == pytest.approx(float(pairs.mean()), abs=1e-6)


@pytest.mark.parametrize(
    ("known", "strange", "expected"),
    [
        # 19 of 20 known inputs are exactly 95 %: the threshold is the 19th.
        (list(range(20)), [17.5, 18, 18.5, 19], 0.5),
        # 18.05 of 19 must be accepted, which takes all 19.
        (list(range(19)), [17.5, 18, 18.5, 19], 0.5),
        ([0.0], [1.0], 0.0),
        ([1.0], [1.0], 1.0),
    ],
)
def test_fpr95(known, strange, expected):
    assert detection(torch.tensor(known).double(), torch.tensor(strange).double()).fpr95 == expected


def test_perfect_and_useless_scores():
    low, high = torch.arange(5.0), torch.arange(5.0) + 10
    best = detection(low, high)
    assert (best.auroc, best.aupr, best.aupr_known, best.fpr95) == (1, 1, 1, 0)
    worst = detection(high, low)
    assert (worst.auroc, worst.fpr95) == (0, 1)
    same = detection(low, low)
    assert same.auroc == pytest.approx(0.5)
    constant = detection(torch.zeros(30), torch.zeros(10))
    assert (constant.auroc, constant.aupr, constant.aupr_known, constant.fpr95) == pytest.approx((0.5, 0.25, 0.75, 1))


def test_only_the_order_of_the_scores_counts():
    """Entropies go beyond 1, where a library would take them for logits."""
    inside, outside = two_sets(3, 50, 40, 1e9)
    assert detection(inside, outside) == detection(inside.exp() * 1000 - 5, outside.exp() * 1000 - 5)


def test_scores():
    logits = torch.randn(30, 4, 5, generator=torch.Generator().manual_seed(0))
    prediction = predict(logits)
    found = scores(prediction)
    assert tuple(found) == SCORES
    mean = logits.double().softmax(dim=2).mean(dim=1)
    assert torch.allclose(found["max_probability"], 1 - mean.max(dim=1).values)
    total = [-math.fsum(p * math.log(p) for p in row) for row in mean.tolist()]
    assert found["predictive_entropy"].tolist() == pytest.approx(total)
    assert (found["mutual_information"] <= found["predictive_entropy"]).all()
    assert found["mutual_information"].max() > 0


@pytest.mark.parametrize(
    ("known", "strange", "message"),
    [
        (torch.zeros(0), torch.zeros(3), r"^known must be scores of shape \(n,\), n at least 1, not \(0,\)$"),
        (torch.zeros(3), torch.zeros(3, 1), r"^strange must be scores of shape \(n,\), n at least 1, not \(3, 1\)$"),
        (torch.zeros(3), torch.tensor([0, math.nan]), r"^strange must be numbers, not nan$"),
    ],
)
def test_refuses_what_is_no_score(known, strange, message):
    with pytest.raises(InputError, match=message):
        detection(known, strange)


def test_what_rounding_makes_of_equal_scores_does_not_count():
    """The entropy of the same passes in another order differs in its last bit."""
    equal = torch.full((10,), 0.1, dtype=torch.float64)
    other = torch.full((10,), 0.3, dtype=torch.float64) / 3 + 1e-16
    assert (equal != other).all()
    assert detection(equal, other).auroc == pytest.approx(0.5)
