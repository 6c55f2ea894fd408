"""Sampled scale of a channel."""

import math

import torch
from torch import Tensor, nn

__all__ = ["SampledScale", "levels_of"]

# Initial σ, and the smallest scale, which keeps the sign.
_DEVIATION = 0.3
_SMALLEST = 0.05


def levels_of(levels: int) -> Tensor:
    """Return the standardized value ε of each level, float64 of shape (levels,).

    The number ℓ of ones among n = levels − 1 fair bits has the mean n / 2 and the variance n / 4, so that
    ε = (ℓ − n / 2) / √(n / 4) has mean 0 and variance 1 and approaches a Gaussian as n grows (de Moivre and Laplace).
    """
    steps = levels - 1
    return (torch.arange(levels, dtype=torch.float64) - steps / 2) / math.sqrt(steps / 4)


class SampledScale(nn.Module):
    """Sampled positive scale per channel.

    α = max(μ + σ ε, 0.05) with a standardized binomial ε (methods.md 6 [reading]).

    Subset-parameter inference makes the weights point estimates, and the scales a mean-field Gaussian.
    Scales are positive, because hardware gives each neuron one polarity for all scales [reading].

    Parameters
    ----------
    channels
        Neurons of the layer, or channels of a convolution.
    levels
        Values of ε.
    """

    def __init__(self, channels: int, levels: int) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.ones(channels))
        self.log_deviation = nn.Parameter(torch.full((channels,), math.log(_DEVIATION)))
        self._levels = levels

    @property
    def deviation(self) -> Tensor:
        """Standard deviation σ, shape (channels,), greater than 0."""
        return self.log_deviation.exp()

    @property
    def scales(self) -> Tensor:
        """Scale α of each level, shape (levels, channels)."""
        epsilon = levels_of(self._levels).to(self.mean)[:, None]
        return (self.mean + self.deviation * epsilon).clamp(min=_SMALLEST)

    def divergence(self) -> Tensor:
        """Return the divergence of N(μ, σ²) from the prior N(1, 1), summed over the channels, in nats."""
        variance = self.deviation.square()
        return ((variance + (self.mean - 1).square() - 1) / 2 - self.log_deviation).sum()

    def forward(self, z: Tensor, levels: Tensor) -> Tensor:
        """Return α z, shape (batch, channels, ...), for ``z`` of that shape and levels, shape (batch, channels)."""
        scale = self.scales.gather(0, levels.long())
        return z * scale.reshape(scale.shape + (1,) * (z.ndim - scale.ndim))
