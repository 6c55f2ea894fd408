"""Sources of mask bits, good and bad.

In the order of their draws: 0 for a drop, uint8, shape (passes, L).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hdl.config import RandomConfig

from ..common import check_integer
from ..draws import lfsr

__all__ = ["alternating", "correlated", "ideal", "overlapping", "separate", "shared", "stuck"]

Masks = npt.NDArray[np.uint8]

#: Bits that a register of any width gives in one draw, from which other draws are made.
_BYTE = 8


def shared(random: RandomConfig, codes: Sequence[int], seed: int, passes: int) -> Masks:
    """Return the bits of one unit that draws all bits of a pass in order, as in the core."""
    draws = lfsr.draws(random, seed, 0, passes * len(codes))
    return _kept(draws.reshape(passes, len(codes)), codes)


def separate(random: RandomConfig, codes: Sequence[int], seed: int, passes: int) -> Masks:
    """Return the bits of a unit per layer, their registers started a 1/L of the period apart, in whole draws."""
    apart = 2**random.lfsr_width // len(codes) // random.draw_bits
    seeds = [lfsr.jump(random, seed, unit * apart) for unit in range(len(codes))]
    return _kept(np.stack([lfsr.draws(random, each, 0, passes) for each in seeds], axis=1), codes)


def overlapping(random: RandomConfig, codes: Sequence[int], seed: int, passes: int, *, shift: int) -> Masks:
    """Return the bits of a register that shifts ``shift`` times in a draw of k bits: fewer share bits with the last.

    Raises
    ------
    InputError
        ``shift`` is not between 1 and k.
    """
    k = random.draw_bits
    check_integer("shift", shift, 1, k)
    count = passes * len(codes)
    # The bits that the register shifts in are the same however many of them a draw takes.
    whole = random.model_copy(update={"draw_bits": _BYTE})
    words = lfsr.draws(whole, seed, 0, -(-((count - 1) * shift + k) // _BYTE)).astype(np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(np.unpackbits(words), k)[::shift][:count]
    draws = windows @ (1 << np.arange(k, dtype=np.int64)[::-1])
    return _kept(draws.reshape(passes, len(codes)), codes)


def ideal(random: RandomConfig, codes: Sequence[int], seed: int, passes: int, *, shift: int = 0) -> Masks:
    """Return independent bits (PCG64) of the same codes, each increased by ``shift`` as far as it stays a code."""
    top = 2**random.draw_bits
    draws = np.random.default_rng(seed).integers(0, top, (passes, len(codes)))
    return _kept(draws, [min(max(code + shift, 0), top - 1) for code in codes])


def correlated(random: RandomConfig, codes: Sequence[int], seed: int, passes: int, *, rho: float) -> Masks:
    """Return bits that repeat the previous bit of their layer with probability ``rho``, else independent."""
    masks = ideal(random, codes, seed, passes)
    fresh = np.random.default_rng([seed, 1]).random(masks.shape) >= rho
    fresh[0] = True
    # Each bit is that of the last fresh draw.
    last = np.maximum.accumulate(np.where(fresh, np.arange(passes)[:, None], 0), axis=0)
    return np.take_along_axis(masks, last, axis=0)


def alternating(random: RandomConfig, codes: Sequence[int], seed: int, passes: int) -> Masks:
    """Return bits that drop as regularly as their code allows, from a phase of the pattern that ``seed`` chooses."""
    top = 2**random.draw_bits
    start = np.random.default_rng(seed).integers(0, top, len(codes))
    phases = (np.arange(passes)[:, None] * np.asarray(codes) + start) % top
    return _kept(phases, codes)


def stuck(codes: Sequence[int], passes: int, *, kept: int) -> Masks:
    """Return bits that are all ``kept``."""
    return np.full((passes, len(codes)), kept, dtype=np.uint8)


def _kept(draws: npt.NDArray[np.int64], codes: Sequence[int]) -> Masks:
    return (draws >= np.asarray(codes)).astype(np.uint8)
