"""Results of inference and their uncertainty."""

import dataclasses

import numpy as np
import numpy.typing as npt

from .predictive import Predictive

__all__ = ["Inference"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Inference:
    """Statistics of n inputs over T Monte-Carlo passes.

    As the core sent them (docs/numerics.md#statistics), and quantities derived from them.

    y_tc is the logit of class c in pass t, an integer; as a real number it is y / 2^fraction.
    """

    passes: int
    """Passes of each input: T, or in the exact mode the number of masks that can occur."""

    total: int
    """Sum W of the weights of these passes: T, or in the exact mode 2^(draw_bits · mask bits)."""

    fraction: int
    """Fraction bits of a logit."""

    sums: npt.NDArray[np.int64]
    """Σ_t w_t y_tc, shape (n, classes); the weights w_t are 1 unless passes have weights."""

    squares: npt.NDArray[np.int64]
    """Σ_t w_t y_tc², shape (n, classes)."""

    votes: npt.NDArray[np.int64]
    """Passes in which the class had the largest logit, or the sum of their weights, shape (n, classes)."""

    winner: npt.NDArray[np.int64]
    """Class with the largest sum, the lowest among equals, shape (n,)."""

    logits: npt.NDArray[np.int64] | None
    """y_tc, shape (n, passes, classes); None where the stream of logits is off."""

    weights: npt.NDArray[np.int64] | None = None
    """w_t, shape (n, passes); None where the stream of logits is off, or passes have no weights."""

    predictive: Predictive | None = None
    """Probabilities and uncertainty; None where the core has none."""

    @property
    def mean(self) -> npt.NDArray[np.float64]:
        """Mean of the logits, Σ_t w_t y_tc / (W 2^fraction), shape (n, classes)."""
        return self.sums / (self.total * 2.0**self.fraction)

    @property
    def variance(self) -> npt.NDArray[np.float64]:
        """Variance of the logits, (W Σ_t w_t y_tc² − (Σ_t w_t y_tc)²) / (W 2^fraction)², shape (n, classes)."""
        # The numerator is exact: as floats two large numbers would cancel, and 64 bits do not hold them.
        exact = self.total * self.squares.astype(object) - self.sums.astype(object) ** 2
        return exact.astype(np.float64) / (self.total * 2.0**self.fraction) ** 2

    @property
    def vote_share(self) -> npt.NDArray[np.float64]:
        """Fraction s_c of the passes in which the class had the largest logit, votes_c / W, shape (n, classes)."""
        return self.votes / self.total

    @property
    def vote_entropy(self) -> npt.NDArray[np.float64]:
        """Entropy of the votes, −Σ_c s_c ln s_c with 0 ln 0 = 0, in nats from 0 to ln classes, shape (n,)."""
        share = self.vote_share
        logarithm = np.log(share, out=np.zeros_like(share), where=share > 0)
        # No negative zero where all agree.
        return np.abs((share * logarithm).sum(axis=1))

    @property
    def agree(self) -> npt.NDArray[np.bool_]:
        """Whether all passes chose the same class, max_c votes_c = W, shape (n,)."""
        return self.votes.max(axis=1) == self.total
