"""Digital arrays with independent draws."""

import numpy as np
import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.contract import Program

from .arrays import DigitalArrays

__all__ = ["IndependentArrays"]


class IndependentArrays(DigitalArrays):
    """Digital arrays with an independent draw per weight.

    The codes are those of the core, but a draw has k independent bits (PCG64) for every weight in every read, or in
    every pass. No core has them. A draw is a function of seed, layer and number of the read.

    Parameters
    ----------
    program
        Codes; how often weights are drawn.
    seed
        Seed of the draws.

    Raises
    ------
    InputError
        The weights of the Program are fixed.
    """

    def __init__(self, program: Program, seed: int = 0):
        super().__init__(program)
        self._seed = seed

    def weights(self, layer: Layer, first: int, count: int) -> Tensor:
        """Return the weights that some visits draw, bool of shape (count, inputs, outputs): True is +1."""
        if layer.sampling is None:
            raise InputError(f"layer must have weights that are drawn, not {layer!r}")
        rng = np.random.default_rng([self._seed, layer.index, first])
        drawn = rng.integers(0, layer.sampling.certain, (count, layer.inputs, layer.outputs), np.int32, endpoint=True)
        drawn -= drawn == layer.sampling.certain
        return torch.from_numpy(drawn) < self._codes[layer.index]
