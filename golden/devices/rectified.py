"""Moments of a rectified Gaussian."""

import math

import torch
from torch import Tensor
from torch.special import ndtr

__all__ = ["rectified_moments"]


def rectified_moments(mean: Tensor, deviation: Tensor) -> tuple[Tensor, Tensor]:
    """Return E[X] and E[X²] of X = max(N(mean, deviation), 0), in closed form [derived].

    With a = mean/deviation: E[X] = mean Φ(a) + deviation φ(a), E[X²] = (mean² + deviation²) Φ(a) + mean deviation φ(a).
    """
    # A standard deviation of 0 leaves the mean: Φ is 1 and the factor of φ is 0.
    a = mean / deviation.clamp(min=torch.finfo(mean.dtype).tiny)
    below, density = ndtr(a), torch.exp(-a.square() / 2) / math.sqrt(2 * math.pi)
    first = mean * below + deviation * density
    second = (mean.square() + deviation.square()) * below + mean * deviation * density
    return first, second
