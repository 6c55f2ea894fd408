"""Spatial dropout: a bit per channel and pass drops its activations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layer import Layer
from ..local_units import LocalUnits
from ..neuron_kind import NeuronKind
from ..random import RandomConfig
from .scheme import Scheme

if TYPE_CHECKING:
    from ..bayes import BayesConfig

__all__ = ["SCHEME", "SpatialDropout"]


class SpatialDropout(Scheme):
    """One Bernoulli bit per channel of each hidden layer and pass (Spatial-SpinDrop, arXiv 2306.10185 [reading]).

    Dropped is an activation of −1, bit 0, at all positions of the map.
    """

    name = "spatial-dropout"
    neuron_kind = NeuronKind.DROPOUT

    def drawings(self, layer: Layer) -> int:
        """Return how often in a pass ``layer`` draws for all its channels."""
        return 1

    def local(self, bayes: BayesConfig, random: RandomConfig, layer: Layer) -> LocalUnits | None:
        """Return `random.units` units, as far as there are as many channels."""
        units = min(random.units, layer.outputs)
        return LocalUnits(channels=layer.outputs, units=units, drawings=self.drawings(layer))


SCHEME = SpatialDropout()
