"""SpinBayes: several sets of weights.

A layer uses one of them in each pass; each has its batch norm.
"""

import numpy as np
import torch
from torch import Tensor, nn

from hdl.config import CoreConfig, Layer
from hdl.contract import Integers

from ..thresholds import BatchNorm, limits
from .scheme import Neurons, Scheme

__all__ = ["SCHEME", "EnsembleNeurons"]


class EnsembleNeurons(Neurons):
    """A batch norm for each set of weights."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.norms = nn.ModuleList(BatchNorm(layer) for _ in range(layer.sets))

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Normalize each element as its set is, whose number is in ``draws``, shape (batch,)."""
        if draws is None:
            draws = torch.zeros(len(z), dtype=torch.int64)
        order = draws.argsort(stable=True)
        counts = torch.bincount(draws.long(), minlength=len(self.norms)).tolist()
        parts = [_normalize(norm, part) for norm, part in zip(self.norms, z[order].split(counts), strict=True)]
        return torch.cat(parts)[order.argsort()]


def _normalize(norm: nn.Module, z: Tensor) -> Tensor:
    """Return ``z`` normalized; a single value per channel has no variance and takes the running one."""
    if not isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d):
        raise TypeError(f"norm must be a batch norm, not {type(norm).__name__}")
    if norm.training and z[:, 0].numel() < 2:
        mean, variance = norm.running_mean, norm.running_var
        return nn.functional.batch_norm(z, mean, variance, norm.weight, norm.bias, eps=norm.eps)
    return norm(z)


class _Scheme(Scheme):
    """SpinBayes in training, and its lowering.

    A choice among sets of weights, thresholds and polarities.
    """

    def neurons(self, config: CoreConfig, layer: Layer, generator: torch.Generator) -> Neurons:
        """Return neurons with a batch norm for each set."""
        return EnsembleNeurons(layer)

    def lower(self, layer: Layer, neurons: Neurons, unit: float) -> dict[str, Integers]:
        """Return threshold and polarity of each neuron in each set."""
        if not isinstance(neurons, EnsembleNeurons):
            raise TypeError(f"neurons must have sets, not be {type(neurons).__name__}")
        norms = [norm for norm in neurons.norms if isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d)]
        each = [limits(layer, norm, [1.0], unit) for norm in norms]
        return {
            "thresholds": np.concatenate([members["thresholds"] for members in each], axis=1),
            "flips": np.stack([members["flips"] for members in each], axis=1),
        }


SCHEME = _Scheme()
