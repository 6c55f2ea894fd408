"""Ties among scores, independent of their order."""

import torch
from torch import Tensor

__all__ = ["STEPS", "mean_of_ties", "settled", "steps_of"]

#: Steps of a score: far above the effect of the order of passes, or of the processor, on a sum of float64s.
STEPS = 2**40


def settled(score: Tensor) -> Tensor:
    """Return ``score`` as float64, rounded to 2^−40, so that equal ones are equal on any machine."""
    return (score.double() * STEPS).round() / STEPS


def steps_of(score: Tensor) -> Tensor:
    """Return a finite ``score`` as a number of steps of 2^−40, rounded, int64."""
    return (score.double() * STEPS).round().long()


def mean_of_ties(score: Tensor, values: Tensor) -> Tensor:
    """Return ``values`` with each replaced by the mean over all inputs of the same :func:`settled` score.

    A sum over inputs in the order of their scores is then the mean over all orders of equals
    [derived]: saturated logits have many of them.

    Parameters
    ----------
    score
        Any numbers, shape (n,).
    values
        Shape (n,), any type that has a mean.

    Returns
    -------
    float64 tensor, shape (n,)
    """
    _, group, counts = torch.unique(settled(score), return_inverse=True, return_counts=True)
    sums = torch.zeros(len(counts), dtype=torch.float64, device=score.device)
    return (sums.index_add(0, group, values.double()) / counts)[group]
