"""Group dropout: a bit per group of channels drops their activations."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hdl.config import Layer, NeuronKind, RandomConfig
from hdl.config.schemes import DropConfig, DropScheme


class GroupDropout(DropScheme["GroupDropoutConfig"]):
    """One Bernoulli bit per group of channels of each hidden layer and pass, an example and of no paper.

    Dropped is an activation of −1, bit 0. The bits of a layer choose among 2^groups thresholds of each neuron: its own
    where the bit of its group is 1, kept, and one that silences it where the bit is 0.
    """

    neuron_kind = NeuronKind.THRESHOLD

    def check(self, bayes: GroupDropoutConfig, random: RandomConfig, layers: tuple[Layer, ...]) -> None:
        """Refuse hidden layers with fewer channels than groups."""
        super().check(bayes, random, layers)
        least = min((layer.outputs for layer in layers[:-1]), default=bayes.groups)
        if bayes.groups > least:
            raise ValueError(
                f"bayes.groups must be at most {least}, the channels of the narrowest hidden layer, not {bayes.groups}"
            )

    def code_probabilities(self, bayes: GroupDropoutConfig, hidden: int) -> tuple[float, ...]:
        """Return the probability of a layer for each of its groups."""
        return tuple(p for p in bayes.p for _ in range(bayes.groups))

    def mask_bits(self, bayes: GroupDropoutConfig, index: int, hidden: int) -> int:
        """Return a bit for each group of hidden layers."""
        return bayes.groups if index < hidden else 0

    def choices(self, bayes: GroupDropoutConfig, index: int) -> int:
        """Return one for each value of the mask bits."""
        return 2**bayes.groups


class GroupDropoutConfig(DropConfig):
    """Section `bayes` of group dropout."""

    scheme: ClassVar[GroupDropout] = GroupDropout()

    method: Literal["group-dropout"] = "group-dropout"
    """A bit per group of channels and pass drops their activations."""

    groups: Annotated[int, Field(strict=True, ge=2, le=4)] = 2
    """Groups of each hidden layer, of neighbouring channels."""
