"""Inference of a subset of the parameters: a sampled scale per channel and pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layer import Layer
from ..local_units import LocalUnits
from ..neuron_kind import NeuronKind
from ..random import RandomConfig
from .scheme import Scheme

if TYPE_CHECKING:
    from ..bayes import BayesConfig

__all__ = ["SCHEME", "SubsetInference"]


class SubsetInference(Scheme):
    """A scale α ~ N(μ, σ²) before the batch norm of each channel of each hidden layer, drawn for each pass [reading].

    The Gaussian has `bayes.levels` values, binomially distributed, so that before a sign it is a choice among as many
    thresholds [derived].
    """

    name = "subset-vi"
    neuron_kind = NeuronKind.SAMPLED
    fields = ("levels",)

    def probabilities(self, hidden: int) -> int:
        """Return 0: nothing is dropped."""
        return 0

    def code_probabilities(self, bayes: BayesConfig, hidden: int) -> tuple[float, ...]:
        """Return nothing: there are no drop codes."""
        return ()

    def check(self, bayes: BayesConfig, random: RandomConfig, layers: tuple[Layer, ...]) -> None:
        """Refuse draws with fewer bits than there are steps from level to level."""
        if random.draw_bits < bayes.levels - 1:
            raise ValueError(
                f"random.draw_bits must be at least {bayes.levels - 1} for {bayes.levels} levels, "
                f"not {random.draw_bits}"
            )

    def choices(self, bayes: BayesConfig, index: int) -> int:
        """Return the number of levels."""
        return bayes.levels

    def local(self, bayes: BayesConfig, random: RandomConfig, layer: Layer) -> LocalUnits | None:
        """Return `random.units` units, as far as there are as many channels."""
        return LocalUnits(channels=layer.outputs, units=min(random.units, layer.outputs), drawings=1)


SCHEME = SubsetInference()
