"""Inputs of equal score, whose order would be an accident."""

import torch
from torch import Tensor

__all__ = ["mean_of_ties", "settled"]

#: Steps of a score: far above what the order of the passes, or the processor, does to a sum of float64s.
_STEPS = 2.0**40


def settled(score: Tensor) -> Tensor:
    """Return ``score`` as float64, rounded to 2^−40, so that equal ones are equal on any machine."""
    return (score.double() * _STEPS).round() / _STEPS


def mean_of_ties(score: Tensor, values: Tensor) -> Tensor:
    """Return ``values`` with each replaced by the mean over all inputs of the same :func:`settled` score.

    What is summed over inputs in the order of their scores is then what a random order of equals gives on average
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
