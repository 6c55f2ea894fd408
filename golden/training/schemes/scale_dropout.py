"""Scale-Dropout: one random bit per layer and pass."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hdl.config import CoreConfig, Layer
from hdl.contract import Integers

from ..thresholds import BatchNorm, limits, to_reals
from .scheme import Neurons, Scheme

__all__ = ["SCHEME", "ScaleDropout", "ScaleDropoutNeurons"]

# Median of α and standard deviation of ln α before training.
_MEDIAN = 0.5
_SPREAD = 1.0


class ScaleDropout(nn.Module):
    """Learnable scale per channel, with unitary dropout.

    Scales are positive; a dropped one is 1. α̃ = m α + (1 − m), with one mask bit m per sample for all the channels: m
    = 1 keeps the scale, m = 0 drops it to **1**. (arXiv 2311.15816: learnable scale vector and unitary dropout
    [summary]; before batch norm, which would otherwise undo it, and positive, α = exp(a) [reading].)

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
    def scale(self) -> Tensor:
        """α, shape (channels,), greater than 0."""
        return self.log_scale.exp()

    def forward(self, z: Tensor, kept: Tensor) -> Tensor:
        """Return α̃ z, shape (batch, channels, ...), for ``z`` of that shape and mask bits ``kept``, shape (batch,)."""
        scale = torch.where(kept.bool().unsqueeze(1), self.scale, 1.0)
        return z * scale.reshape(scale.shape + (1,) * (z.ndim - scale.ndim))


class ScaleDropoutNeurons(Neurons):
    """Scale with dropout, batch norm."""

    def __init__(self, layer: Layer, generator: torch.Generator) -> None:
        super().__init__()
        self.dropout = ScaleDropout(layer.outputs, generator=generator)
        self.norm = BatchNorm(layer)

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Scale and normalize; ``draws`` are mask bits, shape (batch,), 1 where the scale is kept."""
        if draws is None:
            raise ValueError("draws must be mask bits, not None")
        return self.norm(self.dropout(z, draws))

    @property
    def slow(self) -> Sequence[nn.Parameter]:
        """The scales: at the full rate they run to 1, where the network would be Bayesian in name only."""
        return (self.dropout.log_scale,)


class _Scheme(Scheme):
    """Scale-Dropout in training, and its lowering.

    A choice between two thresholds.
    """

    def neurons(self, config: CoreConfig, layer: Layer, generator: torch.Generator) -> Neurons:
        """Return neurons with scales."""
        return ScaleDropoutNeurons(layer, generator)

    def lower(self, layer: Layer, neurons: Neurons, unit: float) -> dict[str, Integers]:
        """Return two thresholds for each neuron: of the scale 1, dropped, and of its own, kept."""
        if not isinstance(neurons, ScaleDropoutNeurons):
            raise TypeError(f"neurons must have scales, not be {type(neurons).__name__}")
        return limits(layer, neurons.norm, [1.0, to_reals(neurons.dropout.scale)], unit)


SCHEME = _Scheme()
