"""SpinBayes: one of several sets of weights, each with its batch norm, per layer and pass."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from hdl.config import CoreConfig, Layer
from hdl.contract.program import Integers

from ..common.exact_types import exact_dtype
from ..neurons.firing import Firing
from ..training.thresholds import BatchNorm, limits
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


class _EnsembleFiring:
    """Comparisons with the limit and the polarity of a set."""

    # A polarity of its own in each set turns an OR into an AND.
    pools_first = False

    def __init__(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device):
        shifted = neurons["thresholds"].T - layer.plane_gain * (layer.inputs - weights.sum(axis=2))
        self.turns = torch.ones(layer.outputs, dtype=torch.int64, device=device)
        self._limits = torch.as_tensor(shifted, device=device).to(exact_dtype(layer.threshold_max))
        self._flips = torch.as_tensor(neurons["flips"].T, device=device).to(torch.bool)

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        chosen = torch.zeros(1, dtype=torch.int64, device=sums.device) if draws is None else draws.long()
        shape = (len(chosen), *[1] * (sums.ndim - 2), sums.shape[-1])
        return (sums >= self._limits[chosen].view(shape)) ^ self._flips[chosen].view(shape)


class _Scheme(Scheme):
    """A choice among sets of weights, thresholds and polarities."""

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

    def random_neurons(self, layer: Layer, rng: np.random.Generator) -> dict[str, Integers]:
        """Return random members, among them polarities that differ from set to set."""
        shape = (layer.outputs, layer.choices)
        return super().random_neurons(layer, rng) | {"flips": rng.integers(0, 2, shape)}

    def fire(self, layer: Layer, neurons: Mapping[str, Integers], counts: Tensor, draws: Tensor | None) -> Tensor:
        """Return activations; ``draws`` are numbers of sets, shape (batch,)."""
        chosen = np.zeros(len(counts), dtype=np.int64) if draws is None else draws.cpu().numpy()
        thresholds, flips = (
            torch.as_tensor(neurons[name].T[chosen][:, None], device=counts.device) for name in ("thresholds", "flips")
        )
        return (counts >= thresholds).to(torch.uint8) ^ flips.to(torch.uint8)

    def firing(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device) -> Firing:
        """Return the same arranged for speed."""
        return _EnsembleFiring(layer, neurons, weights, device)


SCHEME = _Scheme()
