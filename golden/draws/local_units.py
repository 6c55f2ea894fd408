"""Draws of local stochastic units (docs/numerics.md#units-of-a-layer)."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from hdl.config import LocalUnits, RandomConfig

from . import lfsr

__all__ = ["local_draws"]


def local_draws(random: RandomConfig, local: LocalUnits, states: Sequence[int], first_pass: int, passes: int) -> Tensor:
    """Return the draws of consecutive passes.

    Channel c of drawing d in a pass is drawn by unit c mod units in step c div units: it is draw
    pass · (drawings · steps) + d · steps + c div units of that unit.

    Parameters
    ----------
    random
        Width of the registers and bits k of a draw.
    local
        Units of the layer.
    states
        State of each unit before its draw 0.
    first_pass
        Number of passes before these.
    passes
        Number of passes.

    Returns
    -------
    int64 tensor, shape (passes, drawings, channels), each 0 to 2^k − 1
    """
    shape = (passes, local.drawings, local.steps)
    drawn = [lfsr.draws(random, state, first_pass * local.draws, passes * local.draws) for state in states]
    side_by_side = np.stack([each.reshape(shape) for each in drawn], axis=-1)
    return torch.from_numpy(side_by_side.reshape(passes, local.drawings, -1)[:, :, : local.channels])
