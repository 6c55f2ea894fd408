"""Predictive distributions of weighted passes, and their agreement."""

import dataclasses
from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError

from ..common import check_integers

__all__ = ["Agreement", "agreement", "probabilities", "total_variation"]

#: Probability that chance alone exceeds the bound of :class:`Agreement`.
_LEVEL = 0.01

#: Rounding of sums of probabilities as doubles, the least standard error.
_ROUNDING = 2.0**-40


@dataclasses.dataclass(frozen=True, kw_only=True)
class Agreement:
    """Comparison of a sample mean with its expectation."""

    samples: int
    """Samples of each mean."""

    comparisons: int
    """Number of compared means: inputs × classes."""

    largest: float
    """Largest absolute difference in standard errors of its mean."""

    bound: float
    """Bound that ``largest`` exceeds by chance with a probability of at most 1 %."""

    @property
    def holds(self) -> bool:
        """Whether chance explains the difference."""
        return self.largest <= self.bound


def probabilities(logits: Any, weights: Any = None, *, fraction: int) -> Tensor:
    """Return the weighted mean of the softmax over passes, float64 of shape (n, classes).

    Parameters
    ----------
    logits
        Fixed-point logits with ``fraction`` fraction bits, shape (n, passes, classes).
    weights
        Weights of the passes, shape (n, passes); without them, 1.

    Raises
    ------
    InputError
        A shape is wrong, or the logits or weights are not integers.
    """
    logits = check_integers("logits", logits, (None, None, None))
    each = (logits.double() / 2**fraction).softmax(dim=2)
    if weights is None:
        return each.mean(dim=1)
    share = check_integers("weights", weights, tuple(logits.shape[:2])).double()
    return (each * share[:, :, None]).sum(dim=1) / share.sum(dim=1, keepdim=True)


def total_variation(one: Tensor, other: Tensor) -> Tensor:
    """Return ½ Σ |p − q| for each row of two tensors of probabilities, shape (n, classes): 0 to 1."""
    return (one - other).abs().sum(dim=1) / 2


def agreement(logits: Any, weights: Any, counts: Any, *, fraction: int) -> Agreement:
    """Compare means of samples with the expectation, for every input and class.

    The expectation of a class is E = Σ P(m) p(m) over the masks m, P being the weights divided by their sum, and the
    mean of N independent samples has the standard error √(Σ P(m) (p(m) − E)² / N), which is known and not estimated.
    Each mean being normal, the largest of M differences exceeds b standard errors with a probability of at most
    2 M (1 − Φ(b)), even for dependent means (Bonferroni); b is where that is 1 %.

    Parameters
    ----------
    logits
        Fixed-point logits of every mask with ``fraction`` fraction bits, shape (n, masks, classes).
    weights
        Weights of the masks, shape (n, masks).
    counts
        Number of draws of each mask, shape (n, masks), with the same sum for every input.

    Raises
    ------
    InputError
        A shape is wrong, values are not integers, or inputs have different numbers of samples, or there are none.
    """
    logits = check_integers("logits", logits, (None, None, None))
    counts = check_integers("counts", counts, tuple(logits.shape[:2]))
    samples = counts.sum(dim=1)
    if not len(samples):
        raise InputError("logits must be of one input or more, not of none")
    if (samples != samples[0]).any():
        raise InputError(f"counts must have the same sum for every input, not {int(samples.min())} and more")
    expected = probabilities(logits, weights, fraction=fraction)
    found = probabilities(logits, counts, fraction=fraction)
    each = (logits.double() / 2**fraction).softmax(dim=2)
    share = torch.as_tensor(weights).double()
    share = share / share.sum(dim=1, keepdim=True)
    variance = (share[:, :, None] * (each - expected[:, None, :]).square()).sum(dim=1)
    error = (variance / int(samples[0])).sqrt().clamp(min=_ROUNDING)
    comparisons = expected.numel()
    tail = torch.tensor(_LEVEL / (2 * comparisons), dtype=torch.float64)
    return Agreement(
        samples=int(samples[0]),
        comparisons=comparisons,
        largest=float(((found - expected).abs() / error).max()),
        bound=-float(torch.special.ndtri(tail)),
    )
