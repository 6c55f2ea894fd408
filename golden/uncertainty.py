"""How good, how well calibrated and how sure predictions are."""

import dataclasses

import torch
from torch import Tensor, nn
from torchmetrics.functional.classification import multiclass_calibration_error

from hdl.config import InputError

__all__ = ["BINS", "ReliabilityBins", "Uncertainty", "reliability_bins", "uncertainty"]

#: Bins of confidence in the expected calibration error (Guo et al., 2017).
BINS = 15


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Uncertainty:
    """Measures of predictions, each the mean of the softmax over Monte-Carlo passes. Natural logarithms."""

    passes: int
    """Passes T that were averaged."""

    accuracy: float
    """Fraction of right predictions."""

    nll: float
    """Negative log-likelihood of the labels, mean over the inputs, in nats."""

    brier: float
    """Brier score: squared distance to the one-hot label summed over the classes, mean over the inputs, 0 to 2."""

    ece: float
    """Expected calibration error over 15 equal bins of confidence, 0 to 1."""

    classes: Tensor
    """Predicted class of each input, int64, shape (n,); the lowest among equals."""

    right: Tensor
    """Whether each prediction is right, bool, shape (n,)."""

    predictive_entropy: Tensor
    """Entropy of the prediction H[E p], in nats, float64, shape (n,): total uncertainty."""

    expected_entropy: Tensor
    """Mean entropy of the passes E[H p], in nats, float64, shape (n,): the data's share."""

    mutual_information: Tensor
    """Their difference, in nats, float64, shape (n,), at least 0: the model's share."""


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


def uncertainty(logits: Tensor, labels: Tensor, *, passes: int | None = None) -> Uncertainty:
    """Measure the predictions of ``logits`` against ``labels``.

    Parameters
    ----------
    logits
        Real-valued, shape (n, T, classes); those of the core are y / 2^fraction.
    labels
        Integers 0 to classes − 1, shape (n,).
    passes
        How many passes to average, the first ones; by default all.

    Raises
    ------
    InputError
        A shape does not fit, ``passes`` is not between 1 and T, or there is no input.
    """
    each = _log_probabilities(logits, labels, passes)
    mean = each.logsumexp(dim=1) - torch.tensor(each.shape[1], dtype=each.dtype).log()
    probability = mean.exp().clamp(max=1)
    classes = probability.argmax(dim=1)
    one_hot = nn.functional.one_hot(labels, logits.shape[2])
    predictive, expected = _entropy(mean), _entropy(each).mean(dim=1)
    return Uncertainty(
        passes=each.shape[1],
        accuracy=float((classes == labels).double().mean()),
        nll=float(nn.functional.nll_loss(mean, labels)),
        brier=float((probability - one_hot).square().sum(dim=1).mean()),
        ece=float(multiclass_calibration_error(probability, labels, num_classes=logits.shape[2], n_bins=BINS)),
        classes=classes,
        right=classes == labels,
        predictive_entropy=predictive,
        expected_entropy=expected,
        # Never negative (Jensen), but for rounding where all passes agree.
        mutual_information=(predictive - expected).clamp(min=0),
    )


def reliability_bins(logits: Tensor, labels: Tensor, *, passes: int | None = None, bins: int = BINS) -> ReliabilityBins:
    """Sort the predictions by confidence; arguments and errors as in :func:`uncertainty`."""
    confidence, classes = _log_probabilities(logits, labels, passes).exp().mean(dim=1).max(dim=1)
    edges = torch.linspace(0, 1, bins + 1, dtype=torch.float64)
    index = (torch.bucketize(confidence, edges, right=True) - 1).clamp(max=bins - 1)
    counts = torch.bincount(index, minlength=bins)
    filled = counts.clamp(min=1)
    return ReliabilityBins(
        edges=edges,
        counts=counts,
        confidence=torch.bincount(index, weights=confidence, minlength=bins) / filled,
        accuracy=torch.bincount(index, weights=(classes == labels).double(), minlength=bins) / filled,
    )


def _log_probabilities(logits: Tensor, labels: Tensor, passes: int | None) -> Tensor:
    """Return the logarithm of the softmax of the passes that count, float64, shape (n, passes, classes)."""
    if len(logits.shape) != 3 or not logits.numel():
        raise InputError(f"logits must have shape (n, T, classes), none of them 0, not {tuple(logits.shape)}")
    inputs, available, classes = logits.shape
    passes = available if passes is None else passes
    if not 1 <= passes <= available:
        raise InputError(f"passes must be between 1 and {available}, not {passes!r}")
    if labels.shape != (inputs,):
        raise InputError(f"labels must have shape {(inputs,)}, not {tuple(labels.shape)}")
    if int(labels.min()) < 0 or int(labels.max()) >= classes:
        raise InputError(f"labels must be between 0 and {classes - 1}, not {labels.tolist()!r:.60}")
    return logits[:, :passes].double().log_softmax(dim=2)


def _entropy(log_probability: Tensor) -> Tensor:
    """Return the entropy over the last dimension; a probability of 0 counts nothing."""
    return torch.special.entr(log_probability.exp()).sum(dim=-1)
