import math

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss

from golden.measures import BINS, reliability_bins, uncertainty
from hdl.config import InputError


def some_logits(seed, images=200, passes=6, classes=10, spread=4.0):
    generator = torch.Generator().manual_seed(seed)
    common = torch.randn(images, 1, classes, generator=generator, dtype=torch.float64) * spread
    logits = common + torch.randn(images, passes, classes, generator=generator, dtype=torch.float64)
    labels = common[:, 0].argmax(dim=1)
    wrong = torch.rand(images, generator=generator) < 0.2
    return logits, torch.where(wrong, torch.randint(classes, (images,), generator=generator), labels)


def by_hand(logits, labels):
    """Compute every measure with plain Python floats, input by input."""
    nll = brier = right = 0.0
    entropies, expected, confidences = [], [], []
    for image, label in zip(logits.tolist(), labels.tolist(), strict=True):
        passes = []
        for logit in image:
            powers = [math.exp(each - max(logit)) for each in logit]
            passes.append([power / math.fsum(powers) for power in powers])
        mean = [math.fsum(column) / len(passes) for column in zip(*passes, strict=True)]
        nll -= math.log(mean[label])
        brier += math.fsum((p - (index == label)) ** 2 for index, p in enumerate(mean))
        right += mean.index(max(mean)) == label
        entropies.append(entropy(mean))
        expected.append(math.fsum(map(entropy, passes)) / len(passes))
        confidences.append((max(mean), mean.index(max(mean)) == label))
    ece = 0.0
    for index in range(BINS):
        inside = [pair for pair in confidences if min(int(pair[0] * BINS), BINS - 1) == index]
        if inside:
            confidence, accuracy = (math.fsum(column) / len(inside) for column in zip(*inside, strict=True))
            ece += abs(confidence - accuracy) * len(inside) / len(confidences)
    count = len(labels)
    return nll / count, brier / count, right / count, ece, entropies, expected


def entropy(probabilities):
    return -math.fsum(p * math.log(p) for p in probabilities if p > 0)


@example(seed=56757399, images=29, passes=5, classes=2)  # a confidence that is 1 in float32
@given(seed=st.integers(0, 2**32), images=st.integers(1, 40), passes=st.integers(1, 5), classes=st.integers(2, 6))
def test_agrees_with_plain_python(seed, images, passes, classes):
    logits, labels = some_logits(seed, images, passes, classes)
    nll, brier, accuracy, ece, entropies, expected = by_hand(logits, labels)
    found = uncertainty(logits, labels)
    assert found.passes == passes
    assert found.accuracy == pytest.approx(accuracy)
    assert found.nll == pytest.approx(nll)
    assert found.brier == pytest.approx(brier)
    assert found.ece == pytest.approx(ece, abs=1e-6)  # computed in float32
    assert found.predictive_entropy.tolist() == pytest.approx(entropies)
    assert found.expected_entropy.tolist() == pytest.approx(expected)
    difference = [max(total - data, 0) for total, data in zip(entropies, expected, strict=True)]
    assert found.mutual_information.tolist() == pytest.approx(difference, abs=1e-12)


def test_agrees_with_scikit_learn():
    logits, labels = some_logits(1)
    found = uncertainty(logits, labels)
    probability = logits.softmax(dim=2).mean(dim=1).numpy()
    assert found.nll == pytest.approx(log_loss(labels, probability, labels=range(10)))
    assert found.brier == pytest.approx(brier_score_loss(labels, probability, labels=range(10), scale_by_half=False))


def test_takes_the_first_passes_only():
    logits, labels = some_logits(2)
    whole, part = uncertainty(logits, labels), uncertainty(logits, labels, passes=2)
    assert part.nll == uncertainty(logits[:, :2], labels).nll
    assert part.nll != whole.nll


def test_passes_that_agree_tell_nothing_about_the_model():
    logits, labels = some_logits(3)
    found = uncertainty(logits[:, :1].repeat(1, 4, 1), labels)
    assert found.mutual_information.max() < 1e-12
    assert found.predictive_entropy.max() > 0.1


@given(seed=st.integers(0, 2**32))
def test_a_weight_is_a_number_of_passes(seed):
    logits, labels = some_logits(seed, images=20, passes=4)
    weights = torch.tensor([3, 0, 1, 2])
    found, repeated = uncertainty(logits, labels, weights=weights), logits[:, [0, 0, 0, 2, 3, 3]]
    expected = uncertainty(repeated, labels)
    for name in ("nll", "brier", "accuracy"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name))
    for name in ("predictive_entropy", "expected_entropy", "mutual_information"):
        assert getattr(found, name).tolist() == pytest.approx(getattr(expected, name).tolist(), abs=1e-12)
    assert uncertainty(logits, labels, weights=weights * 1000).nll == pytest.approx(found.nll)


def test_weights_are_those_of_the_passes():
    with pytest.raises(InputError, match=r"^weights must have shape \(4,\), not \(3,\)$"):
        uncertainty(torch.zeros(2, 4, 3), torch.tensor([0, 1]), weights=torch.ones(3))


def test_very_sure_predictions_stay_finite():
    logits = torch.zeros(2, 3, 4)
    logits[:, :, 1] = 1000
    found = uncertainty(logits, torch.tensor([1, 2]))
    assert (found.accuracy, found.brier) == (0.5, 1.0)
    assert found.ece == pytest.approx(0.5, abs=1e-6)
    assert found.nll == pytest.approx(500)
    assert found.predictive_entropy.tolist() == [0, 0]


@given(seed=st.integers(0, 2**32), bins=st.integers(1, 20))
def test_bins_hold_every_input_once(seed, bins):
    logits, labels = some_logits(seed, images=50)
    found = reliability_bins(logits, labels, bins=bins)
    total = uncertainty(logits, labels)
    assert found.edges.shape == (bins + 1,)
    assert found.counts.sum() == 50
    assert float((found.counts * found.accuracy).sum() / 50) == pytest.approx(total.accuracy)
    inside = found.counts > 0
    assert (found.confidence[inside] >= found.edges[:-1][inside]).all()
    assert (found.confidence[inside] <= found.edges[1:][inside]).all()


def test_bins_explain_the_calibration_error():
    logits, labels = some_logits(4)
    found = reliability_bins(logits, labels)
    weights = found.counts / found.counts.sum()
    assert uncertainty(logits, labels).ece == pytest.approx(
        float((weights * (found.confidence - found.accuracy).abs()).sum())
    )


@pytest.mark.parametrize(
    ("logits", "labels", "passes", "message"),
    [
        ((5, 3), 5, None, r"^logits must have shape \(n, T, classes\), none of them 0, not \(5, 3\)$"),
        ((0, 2, 3), 0, None, r"^logits must have shape \(n, T, classes\), none of them 0, not \(0, 2, 3\)$"),
        ((5, 2, 3), 5, 0, r"^passes must be between 1 and 2, not 0$"),
        ((5, 2, 3), 5, 3, r"^passes must be between 1 and 2, not 3$"),
        ((5, 2, 3), 4, None, r"^labels must have shape \(5,\), not \(4,\)$"),
    ],
)
def test_refuses_what_does_not_fit(logits, labels, passes, message):
    with pytest.raises(InputError, match=message):
        uncertainty(torch.zeros(logits), torch.zeros(labels, dtype=torch.long), passes=passes)


def test_refuses_a_label_that_is_no_class():
    with pytest.raises(InputError, match=r"^labels must be between 0 and 2, not \[0, 3\]$"):
        uncertainty(torch.zeros(2, 1, 3), torch.tensor([0, 3]))
