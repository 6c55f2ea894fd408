"""Monte-Carlo statistics of an input (docs/numerics.md#statistics)."""

import dataclasses
from typing import Any

import torch
from torch import Tensor

from ..common.checks import check_integers

__all__ = ["Statistics", "statistics"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Statistics:
    """Statistics of each input over its passes. All are int64 tensors."""

    sums: Tensor
    """Σ y_c over the passes, shape (batch, classes)."""

    squares: Tensor
    """Σ y_c² over the passes, shape (batch, classes)."""

    votes: Tensor
    """Number of passes in which the class had the largest logit, shape (batch, classes)."""

    winner: Tensor
    """Class with the largest sum, shape (batch,)."""


def statistics(logits: Any, weights: Any = None) -> Statistics:
    """Gather the statistics of ``logits``, integers of shape (batch, passes, classes).

    Among equals the lowest class wins, in a pass and in the sums. ``weights``, integers of shape (batch, passes), are
    those of the passes, each of which counts as often as it weighs; without them, once.

    Raises
    ------
    InputError
        A shape is wrong, the logits or weights are not integers, or a weight is negative.
    """
    logits = check_integers("logits", logits, (None, None, None)).to(torch.int64)
    batch, passes, classes = logits.shape
    if weights is None:
        weights = torch.ones((batch, passes), dtype=torch.int64, device=logits.device)
    highest = torch.iinfo(torch.int64).max
    weights = check_integers("weights", weights, (batch, passes), 0, highest, logits.device).to(torch.int64)
    sums = (logits * weights[:, :, None]).sum(dim=1)
    winners = _first_largest(logits)
    votes = torch.zeros((batch, classes), dtype=torch.int64, device=logits.device)
    votes.scatter_add_(1, winners, weights)
    squares = (logits.square() * weights[:, :, None]).sum(dim=1)
    return Statistics(sums=sums, squares=squares, votes=votes, winner=_first_largest(sums))


def _first_largest(values: Tensor) -> Tensor:
    """Return the lowest index of the largest value along the last axis."""
    # argmax promises nothing among equals. Made unequal by their index, there are none.
    classes = values.shape[-1]
    return (values * classes - torch.arange(classes, device=values.device)).argmax(dim=-1)
