"""Interface of a scheme, and of its section."""

import dataclasses
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from ..layer import Layer
from ..local_units import LocalUnits
from ..neuron_field import NeuronField
from ..neuron_kind import NeuronKind
from ..random import RandomConfig
from ..section import Probability, Section
from ..weight_sampling import WeightSampling

__all__ = ["BayesConfig", "DropConfig", "DropScheme", "Scheme"]


class BayesConfig(Section):
    """Section `bayes` of a scheme."""

    scheme: ClassVar["Scheme[Any]"]
    """The scheme whose section this is."""

    method: str
    """Where randomness enters the network: the name of a scheme."""

    passes: Annotated[int, Field(strict=True, ge=1, le=2**16)] = 16
    """Monte-Carlo passes T per input after reset."""

    max_passes: Annotated[int, Field(strict=True, ge=1, le=2**16)] = 64
    """Largest T that can be set at run time; the accumulators are wide enough for it."""

    order: Literal["plain", "prefix"] = "plain"
    """Order of the passes: as they are drawn, or each mask once, in an order in which those that agree in the first
    layers share what these compute. A pass then has a weight: how often its mask was drawn or, in the exact mode, its
    probability."""

    @model_validator(mode="after")
    def _check_passes(self) -> Self:
        if self.passes > self.max_passes:
            raise ValueError(f"passes must be at most max_passes ({self.max_passes}), not {self.passes}")
        return self


class DropConfig(BayesConfig):
    """Section `bayes` of a scheme that drops."""

    p: Annotated[tuple[Probability, ...], Field(max_length=48)] = ()
    """Probability of dropping, one per hidden layer, convolutions first."""


BayesT = TypeVar("BayesT", bound=BayesConfig)
DropT = TypeVar("DropT", bound=DropConfig)


class Scheme(Generic[BayesT]):
    """A plain binary network, the base of all schemes.

    A scheme draws its bits in one of three places, or not at all. Bits that a whole layer shares are drawn by the
    *shared* stochastic unit when a pass begins and travel with it as its mask (`mask_bits`). Bits that each channel has
    for itself are drawn by the *local* units of a layer when its vectors come (`local`). Weights are drawn when the
    arrays are read (`sampling`).
    """

    #: Whether passes differ.
    stochastic: bool = True

    #: Whether weights themselves are drawn, so that no two passes of an input share anything.
    draws_weights: bool = False

    #: Kind of the hidden neurons.
    neuron_kind: NeuronKind = NeuronKind.THRESHOLD

    def check(self, bayes: BayesT, random: RandomConfig, layers: tuple[Layer, ...]) -> None:
        """Raise a :class:`ValueError`, in the grammar of configurations, where the scheme cannot be built."""

    def code_probabilities(self, bayes: BayesT, hidden: int) -> tuple[float, ...]:
        """Return the probability that each drop code stands for, with ``hidden`` hidden layers."""
        return ()

    def mask_bits(self, bayes: BayesT, index: int, hidden: int) -> int:
        """Return the bits of the pass's mask that belong to layer ``index``; layer ``hidden`` is the last."""
        return 0

    def sets(self, bayes: BayesT, index: int) -> int:
        """Return how many sets of weights layer ``index`` has, of which its mask bits choose one."""
        return 1

    def choices(self, bayes: BayesT, index: int) -> int:
        """Return how many values each integer of a neuron in layer ``index`` has, of which one is chosen."""
        return 1

    def neuron_fields(self, bayes: BayesT, layer: Layer) -> tuple[NeuronField, ...]:
        """Return the integers of the neurons of hidden ``layer``."""
        return layer.threshold_fields

    def local(self, bayes: BayesT, random: RandomConfig, layer: Layer) -> LocalUnits | None:
        """Return the stochastic units that hidden ``layer`` has for itself."""
        return None

    def sampling(self, bayes: BayesT, layer: Layer) -> WeightSampling | None:
        """Return how ``layer`` draws its weights; None where they are fixed."""
        return None

    def extra_in_flight(self, layer: Layer) -> int:
        """Return how many activations the neurons of hidden ``layer`` hold back more than the few that all do."""
        return 0

    def apply(self, bayes: BayesT, random: RandomConfig, layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
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
                    layer, neuron_fields=self.neuron_fields(bayes, layer), local=self.local(bayes, random, layer)
                )
            offset += bits
            changed.append(layer)
        return tuple(changed)


class DropScheme(Scheme[DropT]):
    """A scheme with a drop probability per layer."""

    def check(self, bayes: DropT, random: RandomConfig, layers: tuple[Layer, ...]) -> None:
        """Check that there is a probability for each hidden layer."""
        hidden = len(layers) - 1
        if len(bayes.p) != hidden:
            raise ValueError(
                f"bayes.p must have {hidden} values for method {bayes.method!r} and {hidden} hidden layers, "
                f"not {len(bayes.p)}"
            )

    def code_probabilities(self, bayes: DropT, hidden: int) -> tuple[float, ...]:
        """Return the probability of each layer."""
        return bayes.p
