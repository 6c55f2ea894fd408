"""Predictive distribution of Monte-Carlo passes.

With its uncertainty, without labels.
"""

import dataclasses

import torch
from torch import Tensor

from hdl.config import InputError

__all__ = ["PredictiveDistribution", "predict"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class PredictiveDistribution:
    """Mean softmax over Monte-Carlo passes.

    The mean may be weighted; logarithms are natural.
    """

    passes: int
    """Number T of averaged passes."""

    log_probability: Tensor
    """Logarithm of the mean probability of each class, float64, shape (n, classes)."""

    probability: Tensor
    """Mean probability of each class, float64, shape (n, classes)."""

    classes: Tensor
    """Predicted class of each input, int64, shape (n,); the lowest among equals."""

    confidence: Tensor
    """Probability of the predicted class, float64, shape (n,), 1 / classes to 1."""

    predictive_entropy: Tensor
    """Entropy of the prediction H[E p], in nats, float64, shape (n,): total uncertainty."""

    expected_entropy: Tensor
    """Mean entropy of the passes E[H p], in nats, float64, shape (n,): aleatoric uncertainty."""

    mutual_information: Tensor
    """Their difference, in nats, float64, shape (n,), at least 0: epistemic uncertainty."""


def predict(logits: Tensor, *, passes: int | None = None, weights: Tensor | None = None) -> PredictiveDistribution:
    """Return the prediction of the first ``passes`` passes of ``logits``.

    Parameters
    ----------
    logits
        Real-valued, shape (n, T, classes); those of the core are y / 2^fraction.
    passes
        Number of passes to average, the first ones; by default all.
    weights
        Weight of each pass, at least 0, shape (T,) and not all 0: its probability, if the passes are all possible masks
        and the average is to be exact. By default all passes have the same weight.

    Raises
    ------
    InputError
        A shape does not fit, ``passes`` is not between 1 and T, or there is no input.
    """
    if len(logits.shape) != 3 or not logits.numel():
        raise InputError(f"logits must have shape (n, T, classes), none of them 0, not {tuple(logits.shape)}")
    available = logits.shape[1]
    passes = available if passes is None else passes
    if not 1 <= passes <= available:
        raise InputError(f"passes must be between 1 and {available}, not {passes!r}")
    if weights is not None and weights.shape != (available,):
        raise InputError(f"weights must have shape {(available,)}, not {tuple(weights.shape)}")
    each = logits[:, :passes].double().log_softmax(dim=2)
    share = torch.ones(passes) if weights is None else weights[:passes]
    share = (share.double() / share.double().sum()).to(each.device).unsqueeze(1)
    mean = (each + share.log()).logsumexp(dim=1)
    probability = mean.exp().clamp(max=1)
    confidence, classes = probability.max(dim=1).values, probability.argmax(dim=1)
    predictive, expected = _entropy(mean), (_entropy(each) @ share).squeeze(1)
    return PredictiveDistribution(
        passes=passes,
        log_probability=mean,
        probability=probability,
        classes=classes,
        confidence=confidence,
        predictive_entropy=predictive,
        expected_entropy=expected,
        # Never negative (Jensen), except for rounding where all passes agree.
        mutual_information=(predictive - expected).clamp(min=0),
    )


def _entropy(log_probability: Tensor) -> Tensor:
    """Return the entropy over the last dimension; a probability of 0 contributes 0."""
    return torch.special.entr(log_probability.exp()).sum(dim=-1)
