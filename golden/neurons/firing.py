"""Neurons of the integer model, arranged for speed."""

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor

from hdl.config import Layer
from hdl.contract.program import Integers

from ..common.exact_types import exact_dtype

__all__ = ["Firing", "ThresholdFiring"]


class Firing(Protocol):
    """From sums Σ w u to activations."""

    pools_first: bool
    """Whether the largest of a square of sums gives the OR of their activations."""

    turns: Tensor
    """±1 for each output: what its weights, and so its sums, are multiplied by."""

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        """Return whether each neuron fires, bool of the shape of ``sums``.

        Parameters
        ----------
        sums
            Shape (rows, …, outputs), the positions of a convolution, H' and W', between: before pooling, unless
            `pools_first`.
        draws
            What was drawn for each row, as for :meth:`golden.schemes.Scheme.fire`.
        """
        ...


class ThresholdFiring:
    """Σ w u ≥ limit, with one limit for each choice and neuron.

    With weights w of ±1 and inputs u as they are, P = Σ w u + (2^B − 1) · (weights that are 0). The constant moves into
    the thresholds, and a flip turns the weights of its neuron: NOT (s ≥ θ) is −s ≥ 1 − θ.

    Parameters
    ----------
    layer
        The layer.
    neurons
        `thresholds`, shape (outputs, choices), and `flips`, shape (outputs,).
    weights
        0 or 1, shape (sets, outputs, inputs); there is one set, or one for each choice.
    device
        Where to compute.
    """

    pools_first = True

    def __init__(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device):
        flips = neurons["flips"]
        turns = 1 - 2 * flips
        shifted = neurons["thresholds"].T - layer.plane_gain * (layer.inputs - weights.sum(axis=2))
        dtype = exact_dtype(layer.threshold_max)
        self.turns = torch.as_tensor(turns, device=device)
        # Broadcasting over rows in memory order is ten times as fast.
        self.limits = torch.as_tensor(flips + turns * shifted, device=device).to(dtype).contiguous()
        """Shape (choices, outputs)."""

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        """Return whether the neurons fire; ``draws`` are choices, shape (rows,)."""
        return sums >= self.chosen(sums, draws)

    def chosen(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        """Return the limits that are chosen, in a shape that goes with ``sums``."""
        if draws is None:
            return self.limits[0]
        return self.limits[draws.long()].view(len(draws), *[1] * (sums.ndim - 2), sums.shape[-1])
