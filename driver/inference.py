"""What a core says of some inputs, and how sure it is."""

import dataclasses

import numpy as np
import numpy.typing as npt

from .predictive import Predictive

__all__ = ["Inference"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Inference:
    """Statistics of n inputs over T Monte-Carlo passes, as the core sent them (docs/numerics.md 6), and what follows.

    y_tc is the logit of class c in pass t, an integer; as a real number it is y / 2^fraction.
    """

    passes: int
    """Passes T of each input."""

    fraction: int
    """Bits of a logit after the binary point."""

    sums: npt.NDArray[np.int64]
    """Σ_t y_tc, shape (n, classes)."""

    squares: npt.NDArray[np.int64]
    """Σ_t y_tc², shape (n, classes)."""

    votes: npt.NDArray[np.int64]
    """Passes in which the class had the largest logit, shape (n, classes)."""

    winner: npt.NDArray[np.int64]
    """Class with the largest sum, the lowest among equals, shape (n,)."""

    logits: npt.NDArray[np.int64] | None
    """y_tc, shape (n, T, classes); None where the stream of logits is off."""

    predictive: Predictive | None = None
    """Probabilities and uncertainty; None where the core has none."""

    @property
    def mean(self) -> npt.NDArray[np.float64]:
        """Mean of the logits, Σ_t y_tc / (T 2^fraction), shape (n, classes)."""
        return self.sums / (self.passes * 2.0**self.fraction)

    @property
    def variance(self) -> npt.NDArray[np.float64]:
        """Variance of the logits, (T Σ_t y_tc² − (Σ_t y_tc)²) / (T 2^fraction)², shape (n, classes)."""
        # The numerator is exact: as floats two large numbers would cancel, and 64 bits do not hold them.
        exact = self.passes * self.squares.astype(object) - self.sums.astype(object) ** 2
        return exact.astype(np.float64) / (self.passes * 2.0**self.fraction) ** 2

    @property
    def vote_share(self) -> npt.NDArray[np.float64]:
        """Fraction s_c of the passes in which the class had the largest logit, votes_c / T, shape (n, classes)."""
        return self.votes / self.passes

    @property
    def vote_entropy(self) -> npt.NDArray[np.float64]:
        """Entropy of the votes, −Σ_c s_c ln s_c with 0 ln 0 = 0, in nats from 0 to ln classes, shape (n,)."""
        share = self.vote_share
        logarithm = np.log(share, out=np.zeros_like(share), where=share > 0)
        # No negative zero where all agree.
        return np.abs((share * logarithm).sum(axis=1))

    @property
    def agree(self) -> npt.NDArray[np.bool_]:
        """Whether all passes chose the same class, max_c votes_c = T, shape (n,)."""
        return self.votes.max(axis=1) == self.passes
