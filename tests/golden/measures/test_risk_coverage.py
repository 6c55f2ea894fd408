import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from golden.measures import risk_coverage
from hdl.config import InputError


def some(seed, images):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(images, generator=generator), torch.rand(images, generator=generator) < 0.7


@given(seed=st.integers(0, 2**32), images=st.integers(1, 50))
def test_risk_is_one_minus_the_accuracy_of_what_is_answered(seed, images):
    score, right = some(seed, images)
    found = risk_coverage(score, right)
    order = np.argsort(score.numpy())
    for count in range(1, images + 1):
        answered = right.numpy()[order[:count]]
        assert found.coverage[count - 1] == pytest.approx(count / images)
        assert found.risk[count - 1] == pytest.approx(1 - accuracy_score(np.ones(count), answered))
    assert found.aurc == pytest.approx(float(found.risk.mean()))


def test_equals_are_averaged_over_their_orders():
    score, right = torch.tensor([1.0, 0.0, 1.0, 1.0]), torch.tensor([True, True, False, True])
    risks = []
    for order in itertools.permutations([0, 2, 3]):
        wrong = (~right)[[1, *order]].double()
        risks.append((wrong.cumsum(0) / torch.arange(1, 5)).tolist())
    assert risk_coverage(score, right).risk.tolist() == pytest.approx(np.mean(risks, axis=0))


def test_a_perfect_score_has_no_excess():
    right = torch.tensor([True] * 6 + [False] * 4)
    best, worst = (risk_coverage(score, right) for score in ((~right).double(), right.double()))
    assert best.excess == pytest.approx(0)
    assert best.risk[:6].tolist() == [0] * 6
    assert worst.excess > 0.2
    assert best.risk[-1] == worst.risk[-1] == pytest.approx(0.4)


def test_a_score_that_tells_nothing_has_the_same_risk_everywhere():
    found = risk_coverage(torch.zeros(10), torch.tensor([True] * 7 + [False] * 3))
    assert found.risk.tolist() == pytest.approx([0.3] * 10)


@pytest.mark.parametrize(("score", "right"), [((0,), (0,)), ((3,), (4,)), ((3, 1), (3, 1))])
def test_refuses_what_does_not_fit(score, right):
    with pytest.raises(InputError, match=r"^score and right must have one shape \(n,\), n at least 1, not \("):
        risk_coverage(torch.zeros(score), torch.zeros(right, dtype=torch.bool))
