"""Neurons with inverted normalization in the integer model, arranged for speed."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from hdl.config import Layer
from hdl.contract.program import Integers

__all__ = ["AffineFiring"]


class AffineFiring:
    """n A ≥ Σ A, A = G P + C, over the n values of each input: all channels, and all positions of a convolution.

    With weights w of ±1 and inputs u as they are, P = Σ w u + (2^B − 1) · (weights that are 0), and the constant moves
    into C. In float64 everything is exact: n |A| stays far below 2^53.

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
