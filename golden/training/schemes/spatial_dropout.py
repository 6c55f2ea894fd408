"""Spatial dropout: one random bit per channel."""

import torch
from torch import Tensor

from hdl.config import CoreConfig, Layer

from .scheme import Neurons, Plain, Scheme

__all__ = ["SCHEME", "ActivationDropout", "DropoutNeurons"]


class DropoutNeurons(Plain):
    """Batch norm, then dropout.

    A dropped value is the constant −1, so that no gradient comes back from there.
    """

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Normalize and drop; ``draws`` are 1 where a channel is kept, shape (batch, drawings, outputs)."""
        if draws is None:
            raise ValueError("draws must be mask bits, not None")
        y = self.norm(z)
        kept = draws.bool().movedim(1, -1)
        kept = kept.unflatten(-1, z.shape[2:] if kept.shape[-1] > 1 else (1,) * (z.ndim - 2)) if z.ndim > 2 else kept
        return torch.where(kept.reshape(kept.shape[: z.ndim]), y, -1.0)


class ActivationDropout(Scheme):
    """Spatial dropout in training, and its lowering.

    Neurons with one threshold each, whose activation is 0 where it is dropped.
    """

    def neurons(self, config: CoreConfig, layer: Layer, generator: torch.Generator) -> Neurons:
        """Return neurons with dropout."""
        return DropoutNeurons(layer)


SCHEME = ActivationDropout()
