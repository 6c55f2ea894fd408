"""How well a score tells inputs of another kind from those that the network was made for."""

import dataclasses

import torch
from torch import Tensor
from torchmetrics.functional.classification import binary_auroc, binary_average_precision

from hdl.config import InputError

from .prediction import PredictiveDistribution
from .tied_scores import settled

__all__ = ["SCORES", "Detection", "detection", "scores"]

#: Measures by which inputs are told apart: the larger, the stranger the input.
SCORES = ("predictive_entropy", "mutual_information", "max_probability")

#: Share of the known inputs, in percent, that are to be accepted in FPR95.
_ACCEPTED = 95


@dataclasses.dataclass(frozen=True, kw_only=True)
class Detection:
    """Measures of detection, each 0 to 1."""

    auroc: float
    """Probability that a strange input has a larger score than a known one, equal ones counted half; ½ is chance."""

    aupr: float
    """Average precision with the strange inputs as the positives; chance is their share of all inputs."""

    aupr_known: float
    """Average precision with the known inputs as the positives."""

    fpr95: float
    """Share of the strange inputs that are accepted where the threshold accepts at least 95 % of the known ones."""


def scores(prediction: PredictiveDistribution) -> dict[str, Tensor]:
    """Return the scores of :data:`SCORES`, float64, shape (n,): of the largest probability, 1 minus it."""
    return {
        "predictive_entropy": prediction.predictive_entropy,
        "mutual_information": prediction.mutual_information,
        "max_probability": 1 - prediction.confidence,
    }


def detection(known: Tensor, strange: Tensor) -> Detection:
    """Measure how well a threshold on a score tells two sets of inputs apart.

    Parameters
    ----------
    known
        Scores of inputs from the distribution of the training set, shape (n,).
    strange
        Scores of other inputs, shape (m,).

    Raises
    ------
    InputError
        A set is empty or has a score that is no number.
    """
    for name, values in (("known", known), ("strange", strange)):
        if values.ndim != 1 or not len(values):
            raise InputError(f"{name} must be scores of shape (n,), n at least 1, not {tuple(values.shape)}")
        if torch.isnan(values).any():
            raise InputError(f"{name} must be numbers, not nan")
    is_strange = torch.cat([torch.zeros(len(known)), torch.ones(len(strange))]).long()
    # Torchmetrics takes anything outside 0 to 1 for logits, and what it makes of them has more ties: it gets ranks.
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
    """Return FPR95, with the smallest threshold that accepts enough (counted in integers, which round nothing)."""
    enough = -(-len(known) * _ACCEPTED // 100)
    threshold = known.sort().values[enough - 1]
    return float((strange <= threshold).double().mean())
