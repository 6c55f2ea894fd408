"""Scale-Dropout: a bit per layer chooses between two thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .scheme import Scheme

if TYPE_CHECKING:
    from ..bayes import BayesConfig

__all__ = ["SCHEME", "ScaleDropout"]


class ScaleDropout(Scheme):
    """One Bernoulli bit per hidden layer and pass drops the scales of all its neurons to 1 (arXiv 2311.15816).

    Before a sign that is a choice between two thresholds [derived]: entry 0 for a dropped and entry 1 for a kept scale.
    """

    name = "scale-dropout"

    def mask_bits(self, bayes: BayesConfig, index: int, hidden: int) -> int:
        """Return 1 for hidden layers."""
        return int(index < hidden)

    def choices(self, bayes: BayesConfig, index: int) -> int:
        """Return 2: dropped and kept."""
        return 2


SCHEME = ScaleDropout()
