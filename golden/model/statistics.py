"""Monte-Carlo statistics of an input (docs/numerics.md#statistics)."""

import dataclasses
from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError

from ..common import check_integers
from .pass_weights import pass_weights

__all__ = ["Statistics", "statistics"]

#: Largest value of an int64.
_LARGEST = 2**63 - 1


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Statistics:
    """Statistics of each input over its passes.

    All are int64 tensors.
    """

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
        A shape is wrong, the logits or weights are not integers, a weight is negative, or a sum of squares may have
        more than 63 bits; no configuration's has.
    """
    logits = check_integers("logits", logits, (None, None, None)).to(torch.int64)
    batch, passes, classes = logits.shape
    weights, total = pass_weights(weights, (batch, passes), logits.device, total_max=_LARGEST)
    if logits.numel():
        farthest = max(abs(int(end)) for end in torch.aminmax(logits))
        if (most := int(total.max()) * farthest**2) > _LARGEST:
            raise InputError(f"weights times squares of logits must sum to at most {_LARGEST}, not up to {most}")
    sums = (logits * weights[:, :, None]).sum(dim=1)
    winners = _first_largest(logits)
    votes = torch.zeros((batch, classes), dtype=torch.int64, device=logits.device)
    votes.scatter_add_(1, winners, weights)
    squares = (logits.square() * weights[:, :, None]).sum(dim=1)
    return Statistics(sums=sums, squares=squares, votes=votes, winner=_first_largest(sums))


def _first_largest(values: Tensor) -> Tensor:
    """Return the lowest index of the largest value along the last axis."""
    # argmax promises nothing among equals. A countdown over the largest has one maximum.
    classes = values.shape[-1]
    countdown = torch.arange(classes, 0, -1, device=values.device)
    return (countdown * (values == values.amax(dim=-1, keepdim=True))).argmax(dim=-1)
