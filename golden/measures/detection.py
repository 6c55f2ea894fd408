"""Detection of out-of-distribution inputs by a score."""

import dataclasses

import torch
from torch import Tensor
from torchmetrics.functional.classification import binary_auroc, binary_average_precision

from hdl.config import InputError

from .prediction import PredictiveDistribution
from .tied_scores import settled

__all__ = ["SCORES", "Detection", "detection", "scores"]

#: Detection scores: larger for inputs further out of distribution.
SCORES = ("predictive_entropy", "mutual_information", "max_probability")

#: Share of the in-distribution inputs, in percent, that are accepted in FPR95.
_ACCEPTED = 95


@dataclasses.dataclass(frozen=True, kw_only=True)
class Detection:
    """Measures of detection, each 0 to 1."""

    auroc: float
    """Probability that an out-of-distribution input has a larger score than an in-distribution one, ties counted half;
    ½ is chance."""

    aupr: float
    """Average precision with the out-of-distribution inputs as the positives; chance is their share of all inputs."""

    aupr_known: float
    """Average precision with the in-distribution inputs as the positives."""

    fpr95: float
    """Share of the out-of-distribution inputs that are accepted where the threshold accepts at least 95 % of the
    in-distribution ones."""


def scores(prediction: PredictiveDistribution) -> dict[str, Tensor]:
    """Return the scores of :data:`SCORES`, float64, shape (n,): of the largest probability, 1 minus it."""
    return {
        "predictive_entropy": prediction.predictive_entropy,
        "mutual_information": prediction.mutual_information,
        "max_probability": 1 - prediction.confidence,
    }


def detection(known: Tensor, strange: Tensor) -> Detection:
    """Measure how well a threshold on a score separates two sets of inputs.

    Parameters
    ----------
    known
        Scores of in-distribution inputs, shape (n,).
    strange
        Scores of out-of-distribution inputs, shape (m,).

    Raises
    ------
    InputError
        A set is empty or has a score that is NaN.
    """
    for name, values in (("known", known), ("strange", strange)):
        if values.ndim != 1 or not len(values):
            raise InputError(f"{name} must be scores of shape (n,), n at least 1, not {tuple(values.shape)}")
        if torch.isnan(values).any():
            raise InputError(f"{name} must be numbers, not nan")
    is_strange = torch.cat([torch.zeros(len(known)), torch.ones(len(strange))]).long()
    # Torchmetrics takes values outside 0 to 1 for logits and maps them with more ties: ranks avoid this.
    known, strange = settled(known).cpu(), settled(strange).cpu()
    levels, rank = torch.unique(torch.cat([known, strange]), return_inverse=True)
    score = rank.double() / len(levels)
    return Detection(
        auroc=float(binary_auroc(score, is_strange)),
        aupr=float(binary_average_precision(score, is_strange)),
        aupr_known=float(binary_average_precision(1 - score, 1 - is_strange)),
        fpr95=_accepted(known, strange),
    )


def _accepted(known: Tensor, strange: Tensor) -> float:
    """Return FPR95 for the smallest threshold that accepts enough (counted in integers, without rounding)."""
    enough = -(-len(known) * _ACCEPTED // 100)
    threshold = known.sort().values[enough - 1]
    return float((strange <= threshold).double().mean())
