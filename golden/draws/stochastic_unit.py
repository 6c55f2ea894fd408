"""Mask bits of Monte-Carlo passes (docs/numerics.md#the-mask-of-a-pass)."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from hdl.config import CoreConfig

from ..common import check_integer, check_integers
from . import lfsr

__all__ = ["beats", "draws", "kept", "masks"]


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
    """Return the mask bits of the stochastic unit for ``inputs`` inputs: :func:`kept` of its :func:`draws`.

    Parameters
    ----------
    config
        Source of L, the number of mask bits in a pass, and of the random section.
    codes
        Drop codes, integers of shape (L,), each 0 to 2^k − 1.
    seed
        State of the first register before its first draw.
    inputs
        Number of inputs.
    passes
        Monte-Carlo passes T per input.
    first_pass
        Number of passes between the loading of the seed and these inputs.
    device
        Device for the result.

    Returns
    -------
    uint8 tensor, shape (inputs, passes, L): 0 where the draw is less than the code (dropped), else 1 (kept)

    Raises
    ------
    InputError
        An argument has the wrong shape or is out of range.
    """
    drop = _drop(config, codes)
    return _kept(drop, draws(config, seed, inputs, passes=passes, first_pass=first_pass)).to(device)


def draws(config: CoreConfig, seed: int, inputs: int, *, passes: int, first_pass: int = 0) -> Tensor:
    """Return the draws of each mask bit of ``inputs`` inputs.

    Of the k registers that draw masks in parallel (`shared_units`), register u is for mask bits u, u + k and so on:
    bit l of pass t of input i comes from draw (``first_pass`` + i · passes + t) ⌈L/k⌉ + l div k of register l mod k.
    With a single register that is draw (…) L + l.

    Where the source of draws is external, simulations feed these to the core.

    Returns
    -------
    int64 tensor, shape (inputs, passes, L), each 0 to 2^k − 1; other arguments and errors as in :func:`masks`
    """
    check_integer("inputs", inputs, 0)
    check_integer("passes", passes, 1)
    check_integer("first_pass", first_pass, 0)
    width, units, steps = config.stochastic.mask_width, config.stochastic.shared, config.stochastic.mask_steps
    if not width:
        return torch.empty((inputs, passes, 0), dtype=torch.int64)
    first, count = first_pass * steps, inputs * passes * steps
    drawn = [lfsr.draws(config.random, state, first, count) for state in config.stochastic.seeds(seed)[:units]]
    side_by_side = drawn[0] if units == 1 else np.stack(drawn, axis=-1)
    return torch.from_numpy(side_by_side.reshape(inputs, passes, steps * units)[:, :, :width])


def kept(config: CoreConfig, codes: Any, draws: Any) -> Tensor:
    """Return the mask bits of given draws, from any source.

    Parameters
    ----------
    config
        Source of L, the number of mask bits in a pass, and of the bits k of a draw.
    codes
        Drop codes, integers of shape (L,), each 0 to 2^k − 1.
    draws
        Integers of shape (inputs, passes, L), each 0 to 2^k − 1.

    Returns
    -------
    uint8 tensor of the same shape: 0 where the draw is less than the code (dropped), else 1 (kept)

    Raises
    ------
    InputError
        An argument has the wrong shape or is out of range.
    """
    shape = (None, None, config.stochastic.mask_width)
    return _kept(_drop(config, codes), check_integers("draws", draws, shape, 0, 2**config.random.draw_bits - 1).cpu())


def beats(config: CoreConfig, draws: Any) -> list[int]:
    """Return draws as the beats of a stream into a core with an external source.

    A beat has a draw for each of the k units (`shared_units`), that of unit 0 in the lowest bits; bits without
    a mask bit are 0. ⌈L/k⌉ beats make a pass.

    Parameters
    ----------
    config
        Source of L, k and the bits of a draw.
    draws
        Integers of shape (inputs, passes, L), each 0 to 2^draw_bits − 1.

    Raises
    ------
    InputError
        An argument has the wrong shape or is out of range.
    """
    width, units, bits = config.stochastic.mask_width, config.stochastic.shared, config.random.draw_bits
    values = check_integers("draws", draws, (None, None, width), 0, 2**bits - 1).cpu().numpy().reshape(-1, width)
    padded = np.pad(values, ((0, 0), (0, units * config.stochastic.mask_steps - width))).reshape(-1, units)
    return [sum(draw << bits * unit for unit, draw in enumerate(beat)) for beat in padded.tolist()]


def _drop(config: CoreConfig, codes: Any) -> npt.NDArray[np.integer]:
    drop: npt.NDArray[np.integer] = (
        check_integers("codes", codes, (config.stochastic.mask_width,), 0, 2**config.random.draw_bits - 1).cpu().numpy()
    )
    return drop


def _kept(drop: npt.NDArray[np.integer], draws: Tensor) -> Tensor:
    inputs, passes, width = draws.shape
    # Comparisons of long rows are faster than those of rows of L.
    compared = draws.reshape(inputs, passes * width).numpy() >= np.tile(drop, passes)
    return torch.from_numpy(compared.view(np.uint8)).view(inputs, passes, width)
