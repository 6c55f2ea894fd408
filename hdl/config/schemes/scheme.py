"""The interface of a scheme."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ..layer import Layer
from ..local_units import LocalUnits
from ..member import Member
from ..neuron_kind import NeuronKind
from ..random import RandomConfig
from ..weight_sampling import WeightSampling

if TYPE_CHECKING:
    from ..bayes import BayesConfig

__all__ = ["Scheme"]


class Scheme:
    """A plain binary network with no randomness, which the schemes change.

    A scheme draws its bits in one of three places, or not at all. Bits that a whole layer shares are drawn by the
    *shared* stochastic unit when a pass begins and travel with it as its mask (`mask_bits`). Bits that each channel has
    for itself are drawn by the *local* units of a layer when its vectors come (`local`). Weights are drawn when the
    arrays are read (`sampling`).
    """

    #: Name in configurations.
    name: str

    #: Section `bayes` that this scheme needs beside `p`; all others must be left away.
    fields: tuple[str, ...] = ()

    #: Whether passes differ.
    stochastic: bool = True

    #: Whether weights themselves are drawn, so that no two passes of an input share anything.
    draws_weights: bool = False

    #: Kind of the hidden neurons.
    neuron_kind: NeuronKind = NeuronKind.THRESHOLD

    def probabilities(self, hidden: int) -> int:
        """Return how many values `bayes.p` has for ``hidden`` hidden layers."""
        return hidden

    def check(self, bayes: BayesConfig, random: RandomConfig, layers: tuple[Layer, ...]) -> None:
        """Raise a :class:`ValueError`, in the grammar of configurations, where the scheme cannot be built."""

    def code_probabilities(self, bayes: BayesConfig, hidden: int) -> tuple[float, ...]:
        """Return the probability that each drop code stands for."""
        return bayes.p

    def mask_bits(self, bayes: BayesConfig, index: int, hidden: int) -> int:
        """Return the bits of the pass's mask that belong to layer ``index``; layer ``hidden`` is the last."""
        return 0

    def sets(self, bayes: BayesConfig, index: int) -> int:
        """Return how many sets of weights layer ``index`` has, of which its mask bits choose one."""
        return 1

    def choices(self, bayes: BayesConfig, index: int) -> int:
        """Return how many values each integer of a neuron in layer ``index`` has, of which one is chosen."""
        return 1

    def members(self, bayes: BayesConfig, layer: Layer) -> tuple[Member, ...]:
        """Return the integers of the neurons of hidden ``layer``."""
        return layer.threshold_members

    def local(self, bayes: BayesConfig, random: RandomConfig, layer: Layer) -> LocalUnits | None:
        """Return the stochastic units that hidden ``layer`` has for itself."""
        return None

    def sampling(self, bayes: BayesConfig, layer: Layer) -> WeightSampling | None:
        """Return how ``layer`` draws its weights; None where they are fixed."""
        return None

    def held(self, layer: Layer) -> int:
        """Return how many activations the neurons of hidden ``layer`` hold back more than the few that all do."""
        return 0

    def apply(self, bayes: BayesConfig, random: RandomConfig, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        """Return the layers of a plain network with everything that the scheme changes about them."""
        hidden, offset, changed = len(layers) - 1, 0, []
        for layer in layers:
            bits = self.mask_bits(bayes, layer.index, hidden)
            layer = dataclasses.replace(
                layer,
                mask_bits=bits,
                mask_offset=offset if bits else 0,
                sets=self.sets(bayes, layer.index),
                sampling=self.sampling(bayes, layer),
            )
            if layer.index < hidden:
                layer = dataclasses.replace(
                    layer, neuron_kind=self.neuron_kind, choices=self.choices(bayes, layer.index)
                )
                layer = dataclasses.replace(
                    layer, members=self.members(bayes, layer), local=self.local(bayes, random, layer)
                )
            offset += bits
            changed.append(layer)
        return tuple(changed)
