"""Spatial dropout: a bit per channel and pass."""

from __future__ import annotations

from typing import ClassVar, Literal

from ..layer import Layer
from ..local_units import LocalUnits
from ..neuron_kind import NeuronKind
from ..random import RandomConfig
from .scheme import DropConfig, DropScheme

__all__ = ["SECTION", "SpatialDropout", "SpatialDropoutConfig"]


class SpatialDropout(DropScheme[DropConfig]):
    """One Bernoulli bit per channel of each hidden layer and pass (Spatial-SpinDrop, arXiv 2306.10185 [reading]).

    Dropped is an activation of −1, bit 0, at all positions of the map.
    """

    neuron_kind = NeuronKind.DROPOUT

    def drawings(self, layer: Layer) -> int:
        """Return how often in a pass ``layer`` draws for all its channels."""
        return 1

    def local(self, bayes: DropConfig, random: RandomConfig, layer: Layer) -> LocalUnits | None:
        """Return `random.units` units, as far as there are as many channels."""
        units = min(random.units, layer.outputs)
        return LocalUnits(channels=layer.outputs, units=units, drawings=self.drawings(layer))


class SpatialDropoutConfig(DropConfig):
    """Section `bayes` of spatial dropout."""

    scheme: ClassVar[SpatialDropout] = SpatialDropout()

    method: Literal["spatial-dropout"] = "spatial-dropout"
    """A bit per channel and pass drops its activations."""


SECTION = SpatialDropoutConfig
