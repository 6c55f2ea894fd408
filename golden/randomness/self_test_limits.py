"""Limits of the self-test from a false-alarm rate.

By exact tails.
"""

import bisect
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from hdl.config import RUN_WIDTH, CoreConfig, InputError, SelfTestConfig

__all__ = ["core_limits", "limits", "run_rate", "window_rate"]

#: False alarms per window of good draws, over all units of a core together, which fill their
#: windows in parallel.
FALSE_ALARM = 1e-9

_Floats = npt.NDArray[np.float64]


def core_limits(config: CoreConfig, *, window_bits: int = 11, false_alarm: float = FALSE_ALARM) -> SelfTestConfig:
    """Return :func:`limits` for all stochastic units of a core that can be watched, with its own drop codes.

    Raises
    ------
    InputError
        There is no such unit, or an argument is out of range.
    """
    units = config.stochastic.watched
    if not units:
        raise InputError(f"config must be of a method whose draws have drop codes, not {config.bayes.method!r}")
    codes = [[config.stochastic.drop_codes[index] for index in each] for each in units]
    return _limits(codes, config.random.draw_bits, window_bits, false_alarm)


def limits(
    codes: Sequence[int],
    draw_bits: int,
    *,
    window_bits: int = 11,
    false_alarm: float = FALSE_ALARM,
    units: int = 1,
) -> SelfTestConfig:
    """Return the tightest limits with which good draws raise each alarm at most ``false_alarm`` times per window.

    The bound holds for windows of all draws and for windows of the draws of any one mask bit. All ``units`` have the
    same limits. They fill their windows in parallel, so that the rate of each unit is ``false_alarm`` / ``units``.

    Parameters
    ----------
    codes
        Drop codes of the mask bits of a pass, in the order of their draws.
    draw_bits
        Bits k of a draw.
    window_bits
        Exponent of the window.
    false_alarm
        Expected alarms per window, of windows out of bounds and of being stuck, each; of all units together.
    units
        Stochastic units that draw the mask bits in parallel, unit u bits u, u + ``units`` and so on.

    Raises
    ------
    InputError
        An argument is out of range.
    """
    if not codes or not all(0 <= code < 2**draw_bits for code in codes):
        raise InputError(f"codes must be between 0 and {2**draw_bits - 1}, not {list(codes)!r}")
    if not 1 <= units <= len(codes):
        raise InputError(f"units must be between 1 and {len(codes)}, not {units!r}")
    return _limits([codes[unit::units] for unit in range(units)], draw_bits, window_bits, false_alarm)


def _limits(codes: Sequence[Sequence[int]], draw_bits: int, window_bits: int, false_alarm: float) -> SelfTestConfig:
    """Return the limits of units with these codes each."""
    if not 0 < false_alarm < 1:
        raise InputError(f"false_alarm must be between 0 and 1, not {false_alarm!r}")
    window, rate = 1 << window_bits, false_alarm / len(codes)
    units = [np.array(own) / 2**draw_bits for own in sorted({tuple(own) for own in codes})]
    single = [np.array([p]) for p in np.unique(np.concatenate(units))]
    bound = max(_bound(p, window, rate) for p in (*units, *single))
    drop_run = _longest(_run(p, window, rate / 2) for p in units)
    keep_run = _longest(_run(1 - p, window, rate / 2) for p in units)
    return SelfTestConfig(window_bits=window_bits, bound=bound, drop_run=drop_run, keep_run=keep_run)


def _longest(runs: Iterable[int]) -> int:
    """Return the limit that suits all runs: none, 0, where one of them must have none."""
    found = list(runs)
    return max(found) if all(found) else 0


def window_rate(p: Sequence[float] | _Floats, window: int, bound: int, *, shift: float = 0.0) -> float:
    """Return the probability that a window is out of bounds, for the worst first draw.

    Parameters
    ----------
    p
        Expected probabilities of dropping, one per mask bit, in the order of draws.
    window
        Draws of a window.
    bound
        Largest difference in drops that is within bounds.
    shift
        Addend of each probability, as far as it stays one: 0 gives the rate of false alarms.
    """
    wanted = np.asarray(p, dtype=np.float64)
    real = np.clip(wanted + shift, 0, 1)
    rates = []
    for expected, actual in zip(_phases(wanted, window), _phases(real, window), strict=True):
        outside = np.abs(np.arange(window + 1) - expected.sum()) > bound
        rates.append(float(_drops(actual)[outside].sum()))
    return max(rates)


def run_rate(p: Sequence[float] | _Floats, window: int, length: int) -> float:
    """Return the mean number of runs of drops per window that reach ``length``; 1 − p gives the runs of keeps."""
    each = np.asarray(p, dtype=np.float64)
    whole, rest = divmod(length, len(each))
    rates = []
    for first in range(len(each)):
        turned = np.roll(each, -first)
        rates.append((1 - turned[-1]) * np.prod(turned) ** whole * np.prod(turned[:rest]))
    return float(window * np.mean(rates))


def _phases(p: _Floats, window: int) -> Iterator[_Floats]:
    """Yield the probabilities of the draws of a window, for each mask bit that may come first."""
    for first in range(len(p)) if len(np.unique(p)) > 1 else range(1):
        yield np.resize(np.roll(p, -first), window)


def _drops(p: _Floats) -> _Floats:
    """Return the distribution of the number of drops in draws of probabilities ``p``, shape (len(p) + 1,)."""
    distribution = np.ones(1)
    for probability, count in zip(*np.unique(p, return_counts=True), strict=True):
        # All terms are positive: the smallest tails are as exact as the rest.
        distribution = np.convolve(distribution, stats.binom.pmf(np.arange(count + 1), count, probability))
    return distribution


def _bound(p: _Floats, window: int, false_alarm: float) -> int:
    """Return the smallest bound that keeps the rate."""
    bound = 0
    for probabilities in _phases(p, window):
        distance = np.abs(np.arange(window + 1) - probabilities.sum())
        order = np.argsort(distance)[::-1]
        tail = np.cumsum(_drops(probabilities)[order])
        # The first number of drops, from the farthest inwards, with which the tail would be too heavy is within bounds.
        nearest = distance[order][np.searchsorted(tail, false_alarm, side="right") :]
        bound = max(bound, int(np.ceil(nearest[0])))
    return bound


def _run(p: _Floats, window: int, false_alarm: float) -> int:
    """Return the smallest length that keeps the rate, 0 where none does."""
    lengths = range(1, 2**RUN_WIDTH)
    found = bisect.bisect_left(lengths, -false_alarm, key=lambda length: -run_rate(p, window, length))
    # No limit keeps the rate where p is 1.
    return 0 if found == len(lengths) or (p == 1).all() else lengths[found]
