"""Subset inference: one sampled scale per channel."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hdl.config import CoreConfig, Layer
from hdl.contract import Integers

from ...draws import meaning
from ..sampled_scale import SampledScale
from ..thresholds import BatchNorm, limits, to_reals
from .scheme import Neurons, Scheme

__all__ = ["SCHEME", "SampledNeurons"]


class SampledNeurons(Neurons):
    """Sampled scale, batch norm."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.scale = SampledScale(layer.outputs, layer.choices)
        self.norm = BatchNorm(layer)

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Scale and normalize; ``draws`` are levels, shape (batch, 1, outputs)."""
        if draws is None:
            raise ValueError("draws must be levels, not None")
        return self.norm(self.scale(z, draws.squeeze(1)))

    @property
    def slow(self) -> Sequence[nn.Parameter]:
        """The means: at the full rate they run away from the deviations, which then no longer matter."""
        return (self.scale.mean,)

    def penalty(self) -> Tensor:
        """Return the divergence of the scales from their prior, in nats."""
        return self.scale.divergence()


class _Scheme(Scheme):
    """Subset inference in training, and its lowering.

    Each neuron chooses among as many thresholds as there are levels.
    """

    def neurons(self, config: CoreConfig, layer: Layer, generator: torch.Generator) -> Neurons:
        """Return neurons with sampled scales."""
        return SampledNeurons(layer)

    def sample(self, config: CoreConfig, layer: Layer, count: int, generator: torch.Generator) -> Tensor:
        """Draw levels for training, uint8 of shape (count, 1, outputs)."""
        draws = torch.randint(2 ** (layer.choices - 1), (count, 1, layer.outputs), generator=generator)
        return meaning(layer, draws, 0)

    def lower(self, layer: Layer, neurons: Neurons, unit: float) -> dict[str, Integers]:
        """Return a threshold for each level of each neuron."""
        if not isinstance(neurons, SampledNeurons):
            raise TypeError(f"neurons must have sampled scales, not be {type(neurons).__name__}")
        return limits(layer, neurons.norm, list(to_reals(neurons.scale.scales)), unit)


SCHEME = _Scheme()
