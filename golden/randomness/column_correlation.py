"""Correlation of outputs whose weights share draws."""

import numpy as np
import torch

from hdl.config import Layer

from ..arrays import Arrays, Sweeps
from ..common import check_integer

__all__ = ["column_correlation"]


def column_correlation(arrays: Arrays, layer: Layer, *, passes: int, seed: int = 0) -> float:
    """Return the root mean square of the correlations of all pairs of outputs, for constant inputs.

    Independent outputs have about 1/√(passes − 1), the estimation error with so many passes.

    Parameters
    ----------
    arrays
        The arrays.
    layer
        The layer, with two outputs or more.
    passes
        Passes, all with the same fair input bits; one sweep of each counts.
    seed
        Seed of the input bits.
    """
    check_integer("passes", passes, 2)
    bits = torch.from_numpy(np.random.default_rng(seed).integers(0, 2, layer.inputs, np.uint8))
    # The first sweep of each pass: where a pass draws once, the others say nothing more.
    sweeps = Sweeps(first=0, bits=bits.expand(passes * layer.sweeps, -1))
    counts = arrays.counts(layer, sweeps)[:: layer.sweeps].double()
    counts -= counts.mean(dim=0)
    deviation = counts.norm(dim=0)
    moving = deviation > 0
    normal = counts[:, moving] / deviation[moving]
    correlations = normal.T @ normal
    pairs = ~torch.eye(len(correlations), dtype=torch.bool)
    return float(correlations[pairs].square().mean().sqrt())
