"""Spatial dropout: a bit per channel and pass drops its activations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .scheme import Scheme

if TYPE_CHECKING:
    from amaranth.lib.wiring import Component

    from ..config import BayesConfig, CoreConfig, Layer, LocalUnits, RandomConfig
    from ..contract.program import Integers

__all__ = ["SCHEME", "SpatialDropout"]


class SpatialDropout(Scheme):
    """One Bernoulli bit per channel of each hidden layer and pass (Spatial-SpinDrop, arXiv 2306.10185 [reading]).

    Dropped is an activation of −1, bit 0, at all positions of the map.
    """

    name = "spatial-dropout"

    def drawings(self, layer: Layer) -> int:
        """Return how often in a pass ``layer`` draws for all its channels."""
        return 1

    def local(self, bayes: BayesConfig, random: RandomConfig, layer: Layer) -> LocalUnits | None:
        """Return `random.units` units, as far as there are as many channels."""
        from ..config import LocalUnits

        units = min(random.units, layer.outputs)
        return LocalUnits(channels=layer.outputs, units=units, drawings=self.drawings(layer))

    def neuron(self, config: CoreConfig, layer: Layer, contents: Mapping[str, Integers] | None) -> Component:
        """Return neurons with dropout behind them."""
        from ..neurons.dropout_neuron import DropoutNeuron

        return DropoutNeuron(config, layer, contents=contents)


SCHEME = SpatialDropout()
