"""Inputs of equal score, whose order would be an accident."""

import torch
from torch import Tensor

__all__ = ["mean_of_ties"]


def mean_of_ties(score: Tensor, values: Tensor) -> Tensor:
    """Return ``values`` with each replaced by the mean over all inputs of the same score.

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
    _, group, counts = torch.unique(score, return_inverse=True, return_counts=True)
    sums = torch.zeros(len(counts), dtype=torch.float64, device=score.device)
    return (sums.index_add(0, group, values.double()) / counts)[group]
