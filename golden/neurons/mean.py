"""Neurons that compare with the mean of their layer (docs/numerics.md, affine dropout)."""

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from hdl.config import Layer
from hdl.contract import Integers

from ..common import pre_activation_unit
from .arithmetic import Firing
from .real import RealNeurons, per_branch

__all__ = ["Mean", "MeanFiring", "MeanNeurons", "above_mean", "fraction_bits", "member_width"]

#: How often a random layer has equal neurons where all is dropped, as in a trained one, and how often a neuron is at an
#: end.
_DROPPED = 0.5
_EXTREME = 0.05


def above_mean(a: Tensor) -> Tensor:
    """Return whether values of ``a``, shape (batch, positions, outputs), are at least the mean of their element, uint8.

    n a ≥ Σ a, without a division: exact for integers, and for real numbers as exact as their sum.
    """
    return (a.shape[1] * a.shape[2] * a >= a.sum(dim=(1, 2), keepdim=True)).to(torch.uint8)


def member_width(layer: Layer, name: str) -> int:
    """Return the bits of a member of the neurons of ``layer``."""
    return next(member.width for member in layer.neuron_fields if member.name == name)


def fraction_bits(layer: Layer) -> int:
    """Return the bits of a gain after the binary point: all but the sign and one more."""
    return member_width(layer, "gains") - 2


class MeanFiring:
    """Folded comparison with the mean, n A ≥ Σ A.

    A = G P + C has n values for each input: all channels, and all positions of a convolution. With weights w of ±1 and
    inputs u as they are, P = Σ w u + (2^B − 1) · (weights that are 0), and the constant moves into C. In float64
    everything is exact: n |A| stays far below 2^53.

    Parameters
    ----------
    layer
        The layer.
    neurons
        `gains` and `constants`, shape (outputs, choices).
    weights
        0 or 1, shape (1, outputs, inputs).
    device
        Where to compute.
    """

    #: A gain may be negative, so the largest count need not give the largest A.
    pools_first = False

    def __init__(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device):
        gains = neurons["gains"].T
        constants = neurons["constants"].T + gains * (layer.plane_gain * (layer.inputs - weights.sum(axis=2)))
        self.turns = torch.ones(layer.outputs, dtype=torch.int64, device=device)
        self._gains = torch.as_tensor(gains, device=device).to(torch.float64).contiguous()
        self._constants = torch.as_tensor(constants, device=device).to(torch.float64).contiguous()

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        """Return whether the neurons fire; ``draws`` are choices, shape (rows,)."""
        if draws is None:
            raise ValueError("draws must be choices, not None")
        shape = (len(draws), *[1] * (sums.ndim - 2), sums.shape[-1])
        transformed = sums * self._gains[draws.long()].view(shape) + self._constants[draws.long()].view(shape)
        axes = tuple(range(1, sums.ndim))
        return transformed * math.prod(sums.shape[1:]) >= transformed.sum(dim=axes, keepdim=True)


class MeanNeurons:
    """Comparison with the mean, of real pre-activations.

    n A ≥ Σ A for A = G P + C, over the channels and positions of an input, with P = (z + P_max) / 2. In float64, where
    it is exact for the counts of the hardware.
    """

    def __init__(self, layer: Layer, neurons: Mapping[str, Integers], device: torch.device):
        gains, constants = (torch.as_tensor(neurons[name], device=device).T for name in ("gains", "constants"))
        self._gains = gains.double().contiguous()
        self._constants = constants.double().contiguous()
        self._count_max = layer.count_max

    def fire(self, z: Tensor, choice: int | Tensor) -> Tensor:
        """Compare with the mean."""
        count = (z.double() + self._count_max) / 2
        transformed = per_branch(self._gains, choice) * count + per_branch(self._constants, choice)
        values = z.shape[-2] * z.shape[-1]
        return values * transformed >= transformed.sum(dim=(-2, -1), keepdim=True)


class Mean:
    """Comparison of A = G P + C with its mean.

    The mask of a pass chooses G and C.
    """

    def fire(self, layer: Layer, neurons: Mapping[str, Integers], counts: Tensor, draws: Tensor | None) -> Tensor:
        """Return whether n A ≥ Σ A over all positions and channels of each element; ``draws`` as for thresholds.

        Counts may also be real numbers, such as a faulty array would give.
        """
        if draws is None:
            raise ValueError("draws must be values of mask bits, not None")
        chosen = draws.long()
        gains, constants = (
            torch.as_tensor(neurons[name], device=counts.device).T[chosen].unsqueeze(1).to(counts.dtype)
            for name in ("gains", "constants")
        )
        return above_mean(gains * counts + constants)

    def firing(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device) -> Firing:
        """Return the same arranged for speed."""
        return MeanFiring(layer, neurons, weights, device)

    def on_real(
        self, layer: Layer, neurons: Mapping[str, Integers], device: torch.device, dtype: torch.dtype
    ) -> RealNeurons | None:
        """Return the comparison on real z, which is in float64 whatever the ``dtype``."""
        return MeanNeurons(layer, neurons, device)

    def random_neurons(self, layer: Layer, rng: np.random.Generator) -> dict[str, Integers]:
        """Return random gains, and constants that bring most A to about 0; some are at the ends."""
        members = {member.name: member for member in layer.neuron_fields}
        shape = (layer.outputs, layer.choices)

        def ends(name: str, values: Integers) -> Integers:
            lowest, highest = members[name].lowest, members[name].highest
            extreme = rng.choice([lowest, highest], shape)
            return np.where(rng.random(shape) < _EXTREME, extreme, values.clip(lowest, highest)).astype(np.int64)

        gains = ends("gains", rng.integers(members["gains"].lowest, members["gains"].highest, shape, endpoint=True))
        near = rng.normal(-gains * layer.count_max / 2, 2 ** fraction_bits(layer) * pre_activation_unit(layer) / 2)
        constants = ends("constants", np.rint(near).astype(np.int64))
        if rng.random() < _DROPPED:
            gains[:, 0] = 2 ** fraction_bits(layer)
            constants[:, 0] = -gains[:, 0] * layer.count_max // 2
        return {"gains": gains, "constants": constants}
