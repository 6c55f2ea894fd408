"""Mask bits of Monte-Carlo passes (docs/numerics.md 4)."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from hdl.config import CoreConfig

from . import lfsr
from .checks import check_integer, check_integers

__all__ = ["masks"]


def masks(
    config: CoreConfig,
    codes: Any,
    seed: int,
    inputs: int,
    *,
    passes: int,
    first_pass: int = 0,
    device: str | torch.device = "cpu",
) -> Tensor:
    """Return the mask bits that the stochastic unit draws for ``inputs`` inputs.

    Bit l of pass t of input i comes from draw (``first_pass`` + i · passes + t) L + l.

    Parameters
    ----------
    config
        Supplies L, the number of mask bits in a pass, and the random section.
    codes
        Drop codes, integers of shape (L,), each 0 to 2^k − 1.
    seed
        State of the register before draw 0.
    inputs
        Number of inputs.
    passes
        Monte-Carlo passes T per input.
    first_pass
        Passes made before these inputs since the seed was loaded.
    device
        Where the result is wanted.

    Returns
    -------
    uint8 tensor, shape (inputs, passes, L): 0 where the draw is less than the code (dropped), else 1 (kept)

    Raises
    ------
    InputError
        An argument has the wrong shape or is out of range.
    """
    width = config.mask_width
    check_integer("inputs", inputs, 0)
    check_integer("passes", passes, 1)
    check_integer("first_pass", first_pass, 0)
    drop = check_integers("codes", codes, (width,), 0, 2**config.random.draw_bits - 1).cpu().numpy()
    draws = lfsr.draws(config.random, seed, first_pass * width, inputs * passes * width)
    # Long rows compare faster than rows of L.
    kept = draws.reshape(inputs, passes * width) >= np.tile(drop, passes)
    return torch.from_numpy(kept.view(np.uint8)).to(device).view(inputs, passes, width)
