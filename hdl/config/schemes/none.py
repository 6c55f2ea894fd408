"""No randomness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layer import Layer
from ..random import RandomConfig
from .scheme import Scheme

if TYPE_CHECKING:
    from ..bayes import BayesConfig

__all__ = ["SCHEME", "Deterministic"]


class Deterministic(Scheme):
    """A plain binary network, the baseline of every comparison."""

    name = "none"
    stochastic = False

    def probabilities(self, hidden: int) -> int:
        """Return 0: nothing is dropped."""
        return 0

    def check(self, bayes: BayesConfig, random: RandomConfig, layers: tuple[Layer, ...]) -> None:
        """Refuse more than one pass, which would all be the same."""
        if bayes.max_passes != 1:
            raise ValueError(f"bayes.max_passes must be 1 for method 'none', not {bayes.max_passes}")


SCHEME = Deterministic()
