"""SpinBayes: several stored sets of weights."""

from __future__ import annotations

import dataclasses
from typing import ClassVar, Literal

from ..layer import Layer
from ..neuron_field import NeuronField
from .scheme import BayesConfig, Scheme

__all__ = ["SECTION", "Ensemble", "EnsembleConfig"]


class Ensemble(Scheme["EnsembleConfig"]):
    """Each layer but the first has `bayes.sets` sets of weights and of neurons, of which fair bits choose one in each
    pass (SpinBayes, methods.md 6 [reading]).

    The first layer has one set, so that its counts are still computed once for all passes of an input.
    """

    def code_probabilities(self, bayes: EnsembleConfig, hidden: int) -> tuple[float, ...]:
        """Return ½ for each bit of each choice."""
        return (0.5,) * sum(self.mask_bits(bayes, index, hidden) for index in range(hidden + 1))

    def mask_bits(self, bayes: EnsembleConfig, index: int, hidden: int) -> int:
        """Return the bits of a choice among the sets."""
        return (self.sets(bayes, index) - 1).bit_length()

    def sets(self, bayes: EnsembleConfig, index: int) -> int:
        """Return `bayes.sets`, for the first layer 1."""
        return bayes.sets if index else 1

    def choices(self, bayes: EnsembleConfig, index: int) -> int:
        """Return as many: each set has its own batch norm."""
        return self.sets(bayes, index)

    def neuron_fields(self, bayes: EnsembleConfig, layer: Layer) -> tuple[NeuronField, ...]:
        """Return thresholds and polarities of each set."""
        return tuple(dataclasses.replace(member, chosen=True) for member in layer.threshold_fields)


class EnsembleConfig(BayesConfig):
    """Section `bayes` of an ensemble."""

    scheme: ClassVar[Ensemble] = Ensemble()

    method: Literal["ensemble"] = "ensemble"
    """Fair bits choose a set of weights per layer and pass."""

    sets: Literal[2, 4, 8, 16, 32] = 4
    """Sets of weights in each layer but the first."""


SECTION = EnsembleConfig
