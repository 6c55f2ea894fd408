"""Accuracy, calibration and uncertainty of predictions."""

import dataclasses

import torch
from torch import Tensor, nn

from hdl.config import InputError

from .calibration import BINS, adaptive_calibration_error, calibration_error, place_in_bins
from .prediction import PredictiveDistribution, predict

__all__ = ["ReliabilityBins", "Uncertainty", "reliability_bins", "uncertainty"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Uncertainty:
    """Measures of predictions.

    A prediction is the mean of the softmax over Monte-Carlo passes. Natural logarithms.
    """

    passes: int
    """Number T of averaged passes."""

    accuracy: float
    """Fraction of right predictions."""

    nll: float
    """Negative log-likelihood of the labels, mean over the inputs, in nats."""

    brier: float
    """Brier score: squared distance to the one-hot label summed over the classes, mean over the inputs, 0 to 2."""

    ece: float
    """Expected calibration error over 15 equal bins of confidence, 0 to 1."""

    adaptive_ece: float
    """The same over 15 bins with equally many inputs, 0 to 1."""

    classes: Tensor
    """Predicted class of each input, int64, shape (n,); the lowest among equals."""

    right: Tensor
    """Whether each prediction is right, bool, shape (n,)."""

    confidence: Tensor
    """Probability of the predicted class, float64, shape (n,)."""

    predictive_entropy: Tensor
    """Entropy of the prediction H[E p], in nats, float64, shape (n,): total uncertainty."""

    expected_entropy: Tensor
    """Mean entropy of the passes E[H p], in nats, float64, shape (n,): aleatoric uncertainty."""

    mutual_information: Tensor
    """Their difference, in nats, float64, shape (n,), at least 0: epistemic uncertainty."""


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ReliabilityBins:
    """Data of a reliability diagram."""

    edges: Tensor
    """Limits of the bins of confidence, float64, shape (bins + 1,); a bin holds its lower limit, the last both."""

    counts: Tensor
    """Inputs in each bin, int64, shape (bins,)."""

    confidence: Tensor
    """Mean confidence in each bin, float64, shape (bins,); 0 where the bin is empty."""

    accuracy: Tensor
    """Fraction of right predictions in each bin, float64, shape (bins,); 0 where the bin is empty."""


def uncertainty(
    logits: Tensor, labels: Tensor, *, passes: int | None = None, weights: Tensor | None = None
) -> Uncertainty:
    """Measure the predictions of ``logits`` against ``labels``.

    Parameters
    ----------
    logits
        Real-valued, shape (n, T, classes); those of the core are y / 2^fraction.
    labels
        Integers 0 to classes − 1, shape (n,).
    passes
        Number of passes to average, the first ones; by default all.
    weights
        Weight of each pass, shape (T,), as in :func:`predict`.

    Raises
    ------
    InputError
        A shape does not fit, ``passes`` is not between 1 and T, or there is no input.
    """
    found = _predict(logits, labels, passes, weights)
    one_hot = nn.functional.one_hot(labels, logits.shape[2])
    return Uncertainty(
        passes=found.passes,
        accuracy=float((found.classes == labels).double().mean()),
        nll=float(nn.functional.nll_loss(found.log_probability, labels)),
        brier=float((found.probability - one_hot).square().sum(dim=1).mean()),
        ece=calibration_error(found, labels),
        adaptive_ece=adaptive_calibration_error(found, labels),
        classes=found.classes,
        right=found.classes == labels,
        confidence=found.confidence,
        predictive_entropy=found.predictive_entropy,
        expected_entropy=found.expected_entropy,
        mutual_information=found.mutual_information,
    )


def reliability_bins(logits: Tensor, labels: Tensor, *, passes: int | None = None, bins: int = BINS) -> ReliabilityBins:
    """Sort the predictions by confidence; arguments and errors as in :func:`uncertainty`."""
    found = _predict(logits, labels, passes)
    confidence, classes = found.confidence, found.classes
    edges = torch.linspace(0, 1, bins + 1, dtype=torch.float64)
    index = place_in_bins(confidence, bins)
    counts = torch.bincount(index, minlength=bins)
    filled = counts.clamp(min=1)
    return ReliabilityBins(
        edges=edges,
        counts=counts,
        confidence=torch.bincount(index, weights=confidence, minlength=bins) / filled,
        accuracy=torch.bincount(index, weights=(classes == labels).double(), minlength=bins) / filled,
    )


def _predict(
    logits: Tensor, labels: Tensor, passes: int | None, weights: Tensor | None = None
) -> PredictiveDistribution:
    """Return the prediction of the passes that count, the labels having been checked."""
    found = predict(logits, passes=passes, weights=weights)
    inputs, classes = found.probability.shape
    if labels.shape != (inputs,):
        raise InputError(f"labels must have shape {(inputs,)}, not {tuple(labels.shape)}")
    if int(labels.min()) < 0 or int(labels.max()) >= classes:
        raise InputError(f"labels must be between 0 and {classes - 1}, not {labels.tolist()!r:.60}")
    return found
