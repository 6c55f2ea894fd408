"""Differences with intervals."""

import dataclasses
import math
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from scipy import stats

from ...base.spread import Spread

__all__ = ["CONFIDENCE", "Difference", "Verdict", "paired", "spread_ratio", "welch"]

#: Confidence of every interval.
CONFIDENCE = 0.95


class Verdict(StrEnum):
    """Outcome of a claim."""

    WON = "won"
    """Ours does what is claimed, against a strong baseline, and chance does not explain it."""

    LOST = "lost"
    """The strong baseline is at least as good, and chance does not explain that."""

    OPEN = "open"
    """Not measured, or not against a strong baseline, or chance explains it."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Difference:
    """Mean difference and its interval of :data:`CONFIDENCE`."""

    mean: float
    """Mean."""

    half: float
    """Half of the interval's width."""

    @property
    def low(self) -> float:
        """Lower end."""
        return self.mean - self.half

    @property
    def high(self) -> float:
        """Upper end."""
        return self.mean + self.half

    def verdict(self, *, better: int) -> Verdict:
        """Return what it says where ``better`` is the sign of a difference that is claimed."""
        if better * self.mean > self.half:
            return Verdict.WON
        return Verdict.LOST if -better * self.mean > self.half else Verdict.OPEN


def welch(mine: Spread, theirs: Spread, count: int) -> Difference:
    """Return ``mine`` less ``theirs``, each of ``count`` independent values, by Welch's interval.

    Source: B. L. Welch, Biometrika 34, 1947.

    Raises
    ------
    ValueError
        A side has no deviation.
    """
    if mine.deviation is None or theirs.deviation is None:
        raise ValueError("welch needs the deviation of both sides")
    squares = [each.deviation**2 / count for each in (mine, theirs) if each.deviation is not None]
    error = math.sqrt(sum(squares))
    freedom = sum(squares) ** 2 * (count - 1) / sum(square**2 for square in squares) if error else math.inf
    return Difference(mean=mine.mean - theirs.mean, half=float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom)) * error)


def paired(mine: Sequence[float], theirs: Sequence[float]) -> Difference:
    """Return ``mine`` less ``theirs``, value by value, by Student's interval of their differences."""
    found = np.subtract(mine, theirs)
    error = float(found.std(ddof=1)) / math.sqrt(len(found))
    return Difference(mean=float(found.mean()), half=float(stats.t.ppf((1 + CONFIDENCE) / 2, len(found) - 1)) * error)


def spread_ratio(mine: Sequence[float], theirs: Sequence[float]) -> tuple[float, Verdict]:
    """Return the ratio of the deviations of paired values, and whether that of ``mine`` is the smaller one.

    By the correlation of sums and differences, which is 0 where both deviations are the same. Source: E. J. G. Pitman,
    W. A. Morgan, Biometrika 31, 1939.
    """
    ratio = float(np.std(mine, ddof=1) / np.std(theirs, ddof=1))
    chance = stats.pearsonr(np.add(mine, theirs), np.subtract(mine, theirs)).pvalue
    if chance >= 1 - CONFIDENCE:
        return ratio, Verdict.OPEN
    return ratio, Verdict.WON if ratio < 1 else Verdict.LOST
