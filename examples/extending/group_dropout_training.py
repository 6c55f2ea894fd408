"""Group dropout in training: activations of dropped groups are −1."""

import numpy as np
import torch
from torch import Tensor

from golden.training import BatchNorm, limits
from golden.training.schemes import Neurons, Scheme
from hdl.config import CoreConfig, Layer
from hdl.contract import Integers


def group_of(layer: Layer) -> Tensor:
    """Return the group of each channel, shape (outputs,)."""
    return torch.arange(layer.outputs) * layer.mask_bits // layer.outputs


class GroupDropoutNeurons(Neurons):
    """Batch norm, then −1 for the channels of dropped groups."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.group = group_of(layer)
        self.norm = BatchNorm(layer)

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Normalize and drop; ``draws`` are values of the mask bits, shape (batch,)."""
        if draws is None:
            raise ValueError("draws must be values of mask bits, not None")
        kept = draws.long().unsqueeze(1) >> self.group & 1
        return torch.where(kept.bool().view(*kept.shape, *[1] * (z.ndim - 2)), self.norm(z), -1.0)


class GroupDropout(Scheme):
    """A choice, for each neuron, between its threshold and silence."""

    def neurons(self, config: CoreConfig, layer: Layer, generator: torch.Generator) -> Neurons:
        """Return neurons with dropped groups."""
        return GroupDropoutNeurons(layer)

    def lower(self, layer: Layer, neurons: Neurons, unit: float) -> dict[str, Integers]:
        """Return a threshold for each value of the mask bits, and the polarities."""
        if not isinstance(neurons, GroupDropoutNeurons):
            raise TypeError(f"neurons must have groups, not be {type(neurons).__name__}")
        members = limits(layer, neurons.norm, [1.0], unit)
        # (P ≥ θ) XOR flip is 0 for every P: P never reaches the first, and always the second.
        silent = np.where(members["flips"] == 0, layer.threshold_max, 0)[:, None]
        kept = np.arange(layer.choices) >> neurons.group.numpy()[:, None] & 1
        return {**members, "thresholds": np.where(kept == 1, members["thresholds"], silent)}


SCHEME = GroupDropout()
