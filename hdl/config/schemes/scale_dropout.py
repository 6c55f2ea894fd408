"""Scale-Dropout: two thresholds, a bit per layer."""

from __future__ import annotations

from typing import ClassVar, Literal

from .scheme import DropConfig, DropScheme

__all__ = ["SECTION", "ScaleDropout", "ScaleDropoutConfig"]


class ScaleDropout(DropScheme["ScaleDropoutConfig"]):
    """One Bernoulli bit per hidden layer and pass drops the scales of all its neurons to 1 (arXiv 2311.15816).

    Before a sign that is a choice between two thresholds [derived]: entry 0 for a dropped and entry 1 for a kept scale.
    """

    def mask_bits(self, bayes: ScaleDropoutConfig, index: int, hidden: int) -> int:
        """Return 1 for hidden layers."""
        return int(index < hidden)

    def choices(self, bayes: ScaleDropoutConfig, index: int) -> int:
        """Return 2: dropped and kept."""
        return 2


class ScaleDropoutConfig(DropConfig):
    """Section `bayes` of Scale-Dropout."""

    scheme: ClassVar[ScaleDropout] = ScaleDropout()

    method: Literal["scale-dropout"] = "scale-dropout"
    """A bit per layer and pass drops the scales of its neurons."""


SECTION = ScaleDropoutConfig
