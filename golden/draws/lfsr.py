"""Sequence of the stochastic LFSR (docs/numerics.md#shift-registers).

At any point, at the same cost.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hdl.config import RandomConfig

from ..common import check_integer

__all__ = ["draws", "draws_side_by_side", "jump", "states"]

_BYTE = 8


def states(random: RandomConfig, seed: int, first: int, count: int) -> npt.NDArray[np.uint64]:
    """Return the state of the register after each of the draws ``first`` to ``first + count - 1``.

    Parameters
    ----------
    random
        Width of the register and bits k of a draw. Its own seed is ignored.
    seed
        State before draw 0, 1 to 2^lfsr_width − 1.
    first
        Index of the first draw, from 0. Any index costs the same.
    count
        Number of draws.

    Returns
    -------
    uint64 array, shape (count,): entry d is the state after k(first + d + 1) shifts from the seed

    Raises
    ------
    InputError
        An argument is out of range.
    """
    sequence = _sequence(random, seed, first, count)
    # The newest bit is stage 1, bit 0: a state is a window of the sequence with its oldest bit highest.
    windows = np.lib.stride_tricks.sliding_window_view(sequence, random.lfsr_width)
    return _words(windows[random.draw_bits :: random.draw_bits])


def draws(random: RandomConfig, seed: int, first: int, count: int) -> npt.NDArray[np.int64]:
    """Return the draws ``first`` to ``first + count - 1``: the lowest k bits of each of :func:`states`.

    Returns
    -------
    int64 array, shape (count,), each 0 to 2^k − 1

    Raises
    ------
    InputError
        An argument is out of range.
    """
    sequence = _sequence(random, seed, first, count)
    return _words(sequence[random.lfsr_width :].reshape(count, random.draw_bits)).astype(np.int64)


def draws_side_by_side(
    random: RandomConfig, seeds: npt.NDArray[np.uint64], first: int, count: int
) -> npt.NDArray[np.int64]:
    """Return :func:`draws` for many registers in parallel.

    Returns
    -------
    int64 array, shape (registers, count), for ``seeds`` of shape (registers,)

    Raises
    ------
    InputError
        An argument is out of range.
    """
    check_integer("first", first, 0)
    check_integer("count", count, 0)
    moved = np.zeros_like(seeds)
    # The state after some shifts is the exclusive-or of the states that each of its bits alone leads to.
    for bit in range(random.lfsr_width):
        alone = np.uint64(random.jump(1 << bit, first * random.draw_bits))
        moved ^= (seeds >> np.uint64(bit) & np.uint64(1)) * alone
    sequences = _sequences(random, moved.tolist(), count)
    new = np.ascontiguousarray(sequences[:, random.lfsr_width :])
    return _words(new.reshape(-1, random.draw_bits)).astype(np.int64).reshape(len(seeds), count)


def jump(random: RandomConfig, seed: int, draws: int) -> int:
    """Return the state after ``draws`` draws from ``seed``.

    Loaded as the seed, it makes the next draw number ``draws``, so that a second worker can start from there.

    Raises
    ------
    InputError
        An argument is out of range.
    """
    check_integer("seed", seed, 1, 2**random.lfsr_width - 1)
    check_integer("draws", draws, 0)
    return random.jump(seed, draws * random.draw_bits)


def _sequence(random: RandomConfig, seed: int, first: int, count: int) -> npt.NDArray[np.uint8]:
    """Return the sequence of :func:`_sequences` for one register, whose state before draw 0 is ``seed``."""
    check_integer("first", first, 0)
    check_integer("count", count, 0)
    (sequence,) = _sequences(random, [jump(random, seed, first)], count)
    return sequence


def _sequences(random: RandomConfig, states: Sequence[int], count: int) -> npt.NDArray[np.uint8]:
    """Return, a row for each of ``states``, its bits, oldest first, and then all bits that ``count`` draws shift in."""
    width, taps = random.lfsr_width, random.taps
    sequences = np.empty((len(states), width + count * random.draw_bits), dtype=np.uint8)
    places = np.arange(width, dtype=np.uint64)[::-1]
    sequences[:, :width] = np.array(states, dtype=np.uint64)[:, None] >> places & np.uint64(1)
    known = width
    while known < sequences.shape[1]:
        # Over GF(2) p(x)^2 = p(x^2): a recurrence at the distances of the taps also holds at 2, 4, 8 … times them.
        stride = 1 << (known // width).bit_length() - 1
        end = min(known + stride * min(taps), sequences.shape[1])
        new = sequences[:, known:end]
        new[:] = sequences[:, known - stride * width : end - stride * width]
        for tap in taps[1:]:
            new ^= sequences[:, known - stride * tap : end - stride * tap]
        known = end
    return sequences


def _words(bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint64]:
    """Convert rows of bits, highest first, shape (count, width), to integers, shape (count,)."""
    count, width = bits.shape
    size = -(-width // _BYTE)
    if width % _BYTE:
        bits = np.concatenate([np.zeros((count, size * _BYTE - width), dtype=np.uint8), bits], axis=1)
    packed = np.packbits(np.ascontiguousarray(bits).reshape(-1)).reshape(count, size)
    words = np.zeros(count, dtype=np.uint64)
    for index in range(size):
        words <<= np.uint64(_BYTE)
        words |= packed[:, index]
    return words
