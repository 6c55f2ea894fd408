"""No randomness."""

from typing import ClassVar, Literal

from .scheme import BayesConfig, Scheme

__all__ = ["SECTION", "Deterministic", "DeterministicConfig"]


class Deterministic(Scheme["DeterministicConfig"]):
    """A plain binary network, the baseline of every comparison."""

    stochastic = False


class DeterministicConfig(BayesConfig):
    """Section `bayes` without randomness.

    All passes would be the same, so there is one.
    """

    scheme: ClassVar[Deterministic] = Deterministic()

    method: Literal["none"] = "none"
    """Nothing is drawn."""

    passes: Literal[1] = 1
    """The one pass of an input."""

    max_passes: Literal[1] = 1
    """Its number."""


SECTION = DeterministicConfig
