import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.classification import multiclass_calibration_error

from golden.measures import adaptive_calibration_error, calibration_error, mean_of_ties, predict, reliability_bins


def predicted(seed, images, classes=4, levels=None):
    """Predictions of random logits, of few different values where ``levels`` is given, and labels."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(images, 3, classes, generator=generator, dtype=torch.float64) * 2
    if levels is not None:
        logits = (logits * levels).round() / levels
    return predict(logits), torch.randint(classes, (images,), generator=generator)


@given(seed=st.integers(0, 2**32), images=st.integers(1, 60), bins=st.integers(1, 20))
def test_bins_of_equally_many_inputs(seed, images, bins):
    prediction, labels = predicted(seed, images)
    confidence = prediction.confidence.numpy()
    order = np.argsort(confidence, kind="stable")
    right = (prediction.classes == labels).numpy()[order]
    edges = [images * index // bins for index in range(bins + 1)]
    expected = sum(
        abs(right[low:high].sum() - confidence[order][low:high].sum()) for low, high in itertools.pairwise(edges)
    )
    assert adaptive_calibration_error(prediction, labels, bins=bins) == pytest.approx(expected / images)


def test_one_bin_is_the_gap_of_the_means():
    prediction, labels = predicted(0, 100)
    gap = abs(float((prediction.classes == labels).double().mean() - prediction.confidence.mean()))
    assert adaptive_calibration_error(prediction, labels, bins=1) == pytest.approx(gap)


def test_as_many_bins_as_inputs_is_the_mean_gap_of_an_input():
    prediction, labels = predicted(1, 50)
    gap = ((prediction.classes == labels).double() - prediction.confidence).abs().mean()
    assert adaptive_calibration_error(prediction, labels, bins=50) == pytest.approx(float(gap))


@given(seed=st.integers(0, 2**32))
def test_the_order_of_equals_does_not_matter(seed):
    prediction, labels = predicted(seed, 40, levels=1)
    order = torch.randperm(40, generator=torch.Generator().manual_seed(seed))
    shuffled = type(prediction)(
        **{name: value[order] if isinstance(value, torch.Tensor) else value for name, value in vars(prediction).items()}
    )
    assert adaptive_calibration_error(shuffled, labels[order], bins=7) == pytest.approx(
        adaptive_calibration_error(prediction, labels, bins=7)
    )


def test_equally_wide_bins_leave_the_empty_ones_out():
    """All confidences in one bin: both errors are the gap of the means."""
    logits = torch.zeros(10, 1, 2)
    logits[:, 0, 0] = 3
    prediction, labels = predict(logits), torch.tensor([0] * 7 + [1] * 3)
    gap = float(prediction.confidence[0]) - 0.7
    assert calibration_error(prediction, labels) == pytest.approx(gap, abs=1e-6)
    assert adaptive_calibration_error(prediction, labels) == pytest.approx(gap)


def test_certainty_is_in_the_last_bin():
    """Three inputs in one bin, of which one is certain: the gap of their means, not the mean of two gaps."""
    logits = torch.zeros(3, 1, 2)
    logits[:, 0, 0] = torch.tensor([1000.0, 3.0, 3.0])
    prediction, labels = predict(logits), torch.tensor([1, 0, 0])
    gap = float(prediction.confidence.mean()) - 2 / 3
    assert calibration_error(prediction, labels) == pytest.approx(gap, abs=1e-6)


def test_mean_of_ties():
    score = torch.tensor([3.0, 1.0, 3.0, 2.0, 1.0])
    values = torch.tensor([True, False, False, True, False])
    assert mean_of_ties(score, values).tolist() == [0.5, 0.0, 0.5, 1.0, 0.0]


def votes(counts, passes):
    """Logits of passes each of which is certain of one of two classes: confidences are count / passes."""
    logits = torch.full((len(counts), passes, 2), -1000.0)
    for index, count in enumerate(counts):
        logits[index, :count, 0] = logits[index, count:, 1] = 1000.0
    return logits


@pytest.mark.parametrize("bins", [15, 10, 7, 3])
@pytest.mark.parametrize("passes", [15, 30, 45, 60, 7, 64])
def test_limits_of_bins_are_exact(passes, bins):
    """Confidences that are fractions fall where exact arithmetic has them, be it on a limit."""
    counts = range(-(-passes // 2), passes + 1)
    labels = torch.zeros(len(counts), dtype=torch.int64)
    found = reliability_bins(votes(counts, passes), labels, bins=bins)
    expected = [0] * bins
    for count in counts:
        expected[min(math.floor(Fraction(count, passes) * bins), bins - 1)] += 1
    assert found.counts.tolist() == expected


@pytest.mark.parametrize("passes", [15, 30])
def test_error_with_confidences_on_limits(passes):
    counts = list(range(-(-passes // 2), passes + 1))
    labels = torch.arange(len(counts)) % 2
    groups = {}
    for count, label in zip(counts, labels.tolist(), strict=True):
        # Of a tie the lowest class is predicted, as of a majority.
        confidence = Fraction(count, passes)
        groups.setdefault(min(math.floor(confidence * 15), 14), []).append((label == 0) - confidence)
    exact = sum(abs(sum(gaps)) for gaps in groups.values()) / len(counts)
    assert calibration_error(predict(votes(counts, passes)), labels) == pytest.approx(float(exact), abs=1e-12)


@given(seed=st.integers(0, 2**32), images=st.integers(1, 60))
def test_error_is_that_of_others(seed, images):
    """Away from limits, as random confidences are."""
    prediction, labels = predicted(seed, images)
    others = multiclass_calibration_error(prediction.probability, labels, num_classes=4, n_bins=15)
    assert calibration_error(prediction, labels) == pytest.approx(float(others), abs=1e-5)
