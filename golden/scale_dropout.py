"""Scale-Dropout: one random bit per layer and pass."""

import math

import torch
from torch import nn

__all__ = ["ScaleDropout"]

# Median of α and standard deviation of ln α before training.
_MEDIAN = 0.5
_SPREAD = 1.0


class ScaleDropout(nn.Module):
    """Learnable positive scale per channel, of which unitary dropout makes 1.

    α̃ = m α + (1 − m), with one mask bit m per sample for all the channels: m = 1 keeps the scale, m = 0
    drops it to **1**. (arXiv 2311.15816: learnable scale vector and unitary dropout [summary]; before
    batch norm, which would otherwise undo it, and positive, α = exp(a) [reading].)

    With all scales at 1 the mask would change nothing, so they start away from 1 and spread out:
    a ~ N(ln ½, 1) [reading].

    Parameters
    ----------
    channels
        Neurons of the layer, or channels of a convolution.
    generator
        Source of the initial scales.
    """

    def __init__(self, channels: int, *, generator: torch.Generator) -> None:
        super().__init__()
        self.log_scale = nn.Parameter(math.log(_MEDIAN) + _SPREAD * torch.randn(channels, generator=generator))

    @property
    def scale(self) -> torch.Tensor:
        """α, shape (channels,), greater than 0."""
        return self.log_scale.exp()

    def forward(self, z: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
        """Return α̃ z, shape (batch, channels, ...), for ``z`` of that shape and mask bits ``kept``, shape (batch,)."""
        scale = torch.where(kept.bool().unsqueeze(1), self.scale, 1.0)
        return z * scale.reshape(scale.shape + (1,) * (z.ndim - scale.ndim))
