"""Subset inference: a sampled scale per channel."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ..layer import Layer
from ..local_units import LocalUnits
from ..neuron_kind import NeuronKind
from ..random import RandomConfig
from .scheme import BayesConfig, Scheme

__all__ = ["SECTION", "SubsetInference", "SubsetInferenceConfig"]


class SubsetInference(Scheme["SubsetInferenceConfig"]):
    """A scale α ~ N(μ, σ²) before the batch norm.

    Each channel of each hidden layer has one, drawn for each pass [reading]. The Gaussian has `bayes.levels` values,
    binomially distributed, so that before a sign it is a choice among as many thresholds [derived].
    """

    neuron_kind = NeuronKind.SAMPLED

    def check(self, bayes: SubsetInferenceConfig, random: RandomConfig, layers: tuple[Layer, ...]) -> None:
        """Refuse draws with fewer bits than there are steps from level to level."""
        if random.draw_bits < bayes.levels - 1:
            raise ValueError(
                f"random.draw_bits must be at least {bayes.levels - 1} for {bayes.levels} levels, "
                f"not {random.draw_bits}"
            )

    def choices(self, bayes: SubsetInferenceConfig, index: int) -> int:
        """Return the number of levels."""
        return bayes.levels

    def local(self, bayes: SubsetInferenceConfig, random: RandomConfig, layer: Layer) -> LocalUnits | None:
        """Return `random.units` units, as far as there are as many channels."""
        return LocalUnits(channels=layer.outputs, units=min(random.units, layer.outputs), drawings=1)


class SubsetInferenceConfig(BayesConfig):
    """Section `bayes` of inference of a subset of the parameters."""

    scheme: ClassVar[SubsetInference] = SubsetInference()

    method: Literal["subset-vi"] = "subset-vi"
    """A scale per channel and pass is drawn from a Gaussian."""

    levels: Annotated[int, Field(strict=True, ge=2, le=17)] = 8
    """Values of a sampled scale."""


SECTION = SubsetInferenceConfig
