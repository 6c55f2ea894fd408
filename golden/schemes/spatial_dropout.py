"""Spatial dropout: one random bit per channel and pass drops its activations."""

from collections.abc import Mapping

import torch
from torch import Tensor

from hdl.config import CoreConfig, Layer
from hdl.contract.program import Integers

from ..neurons.firing import Firing, ThresholdFiring
from .scheme import Neurons, Plain, Scheme

__all__ = ["SCHEME", "ActivationDropout", "DropoutNeurons"]


class DropoutNeurons(Plain):
    """Batch norm, then −1 for what is dropped: a constant, so that no gradient comes back from there."""

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Normalize and drop; ``draws`` are 1 where a channel is kept, shape (batch, drawings, outputs)."""
        if draws is None:
            raise ValueError("draws must be mask bits, not None")
        y = self.norm(z)
        kept = draws.bool().movedim(1, -1)
        kept = kept.unflatten(-1, z.shape[2:] if kept.shape[-1] > 1 else (1,) * (z.ndim - 2)) if z.ndim > 2 else kept
        return torch.where(kept.reshape(kept.shape[: z.ndim]), y, -1.0)


class _DropoutFiring:
    """Comparisons of which some are dropped."""

    def __init__(self, layer: Layer, firing: ThresholdFiring):
        if layer.local is None:
            raise ValueError(f"layer must have local units, not {layer!r}")
        self._firing = firing
        self.turns = firing.turns
        # All of a square that is dropped at once may be dropped after pooling.
        self.pools_first = layer.local.drawings == 1

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        fired = self._firing(sums, None)
        return fired if draws is None else fired & draws.bool()


class ActivationDropout(Scheme):
    """Neurons with one threshold each, whose activation is 0 where it is dropped."""

    def neurons(self, config: CoreConfig, layer: Layer, generator: torch.Generator) -> Neurons:
        """Return neurons with dropout."""
        return DropoutNeurons(layer)

    def fire(self, layer: Layer, neurons: Mapping[str, Integers], counts: Tensor, draws: Tensor | None) -> Tensor:
        """Return activations; ``draws`` are 1 where one is kept, shape (batch, drawings, outputs)."""
        fired = super().fire(layer, neurons, counts, None)
        return fired if draws is None else fired * draws.to(fired.dtype)

    def firing(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device) -> Firing:
        """Return the same arranged for speed."""
        return _DropoutFiring(layer, ThresholdFiring(layer, neurons, weights, device))


SCHEME = ActivationDropout()
