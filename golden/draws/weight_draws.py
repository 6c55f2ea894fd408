"""Draws of sampled weights (docs/numerics.md#sampled-weights)."""

import numpy as np
import torch
from torch import Tensor

from hdl.config import CoreConfig, InputError, Layer

from ..common import check_integer
from . import lfsr

__all__ = ["WeightDraws"]


class WeightDraws:
    """Draws of one layer's weights.

    From one register for each row tile, line of a read and generator.

    Parameters
    ----------
    config
        A configuration whose weights are drawn.
    layer
        The layer.
    seed
        State of the first stochastic unit of the core before its first draw.

    Raises
    ------
    InputError
        The weights of the layer are fixed, or the seed is out of range.
    """

    def __init__(self, config: CoreConfig, layer: Layer, seed: int):
        if layer.sampling is None:
            raise InputError(f"bayes.method must be one whose weights are drawn, not {config.bayes.method!r}")
        check_integer("seed", seed, 1, 2**config.random.lfsr_width - 1)
        first = config.stochastic.first(layer)
        states = config.stochastic.seeds(seed)[first : first + layer.units]
        self._layer = layer
        self._sampling = layer.sampling
        self._random = config.random.model_copy(update={"draw_bits": layer.sampling.bits})
        self._states = np.array(states, dtype=np.uint64)
        inputs = np.arange(layer.inputs)
        lines = inputs // layer.rows * layer.rows_per_read + inputs % layer.rows % layer.rows_per_read
        self._units = lines[:, None] * layer.sampling.generators + np.arange(layer.sampling.generators)
        self._groups = inputs % layer.rows // layer.rows_per_read

    def limits(self, first: int, count: int) -> Tensor:
        """Return d' of consecutive visits of all groups: a weight is +1 where d' < code.

        That is the draw of k bits, whose lowest bit is cleared where all of them are 1.

        Parameters
        ----------
        first
            Number of earlier visits with draws: sweeps, or passes where a pass draws only once.
        count
            Number of visits.

        Returns
        -------
        int32 tensor, shape (count, inputs, generators), each 0 to 2^k − 2
        """
        groups, certain = self._layer.groups, self._sampling.certain
        drawn = lfsr.draws_side_by_side(self._random, self._states, first * groups, count * groups)
        drawn -= drawn == certain
        visits = drawn.reshape(len(self._states), count, groups)[self._units, :, self._groups[:, None]]
        return torch.from_numpy(visits.transpose(2, 0, 1).astype(np.int32))
