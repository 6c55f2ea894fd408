"""Arrays with fixed weights (docs/numerics.md 1)."""

import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.contract import Program

from . import crossbar
from .arrays import Arrays, Sweeps

__all__ = ["FixedArrays"]


class FixedArrays(Arrays):
    """Digital arrays with fixed weights.

    Weights are in one set, or in several sets of which each pass reads one.

    Parameters
    ----------
    program
        Weights.
    device
        Where to compute.

    Raises
    ------
    InputError
        The weights of the Program are drawn.
    """

    def __init__(self, program: Program, device: str | torch.device = "cpu"):
        config = program.config
        if config.bayes.scheme.draws_weights:
            raise InputError(f"bayes.method must be one whose weights are fixed, not {config.bayes.method!r}")
        self.weights = tuple(
            torch.as_tensor(weights, device=device).view(layer.sets, layer.outputs, layer.inputs)
            for layer, weights in zip(config.layers, program.weights, strict=True)
        )
        """Weights of each layer, 0 and 1, shape (sets, outputs, inputs)."""

    def counts(self, layer: Layer, sweeps: Sweeps) -> Tensor:
        """Return the agreements of the bits with the weights of the set that each sweep reads."""
        weights = self.weights[layer.index]
        if (sweeps.sets is None) != (len(weights) == 1):
            wanted = f"given for {len(weights)} sets" if sweeps.sets is None else "omitted for a single set"
            raise InputError(f"sets must be {wanted} of weights, not {sweeps.sets!r}")
        if sweeps.sets is None:
            return crossbar.agreements(sweeps.bits, weights[0])
        counts = torch.empty((len(sweeps.bits), layer.outputs), dtype=torch.int64, device=weights.device)
        for index, own in enumerate(weights):
            chosen = sweeps.sets == index
            counts[chosen] = crossbar.agreements(sweeps.bits[chosen], own)
        return counts
