"""Affine dropout with inverted normalization.

Two bits per layer, and neurons that compare with the mean of their layer.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from ..layer import Layer
from ..neuron_field import NeuronField
from ..neuron_kind import NeuronKind
from .scheme import DropConfig, DropScheme

__all__ = ["SECTION", "AffineDropout", "AffineDropoutConfig"]

#: Mask bits of a layer: bit 0 keeps the weights of the affine map, bit 1 its biases.
_MASK_BITS = 2

#: Bits of a signed gain, two of them before the binary point: −2 to almost 2, and 1 where the weight is dropped.
_GAIN_WIDTH = 6


class AffineDropout(DropScheme["AffineDropoutConfig"]):
    """An affine map before the normalization of each input.

    It has a weight and a bias per channel (arXiv 2401.12416). Two Bernoulli bits per hidden layer and pass drop all
    weights to 1 and all biases to 0. Before a sign only the mean of the normalization matters [derived]: a neuron fires
    where its A is not less than the mean of all.
    """

    neuron_kind = NeuronKind.MEAN

    def code_probabilities(self, bayes: AffineDropoutConfig, hidden: int) -> tuple[float, ...]:
        """Return the probability of a layer twice: for its weights, and for its biases."""
        return tuple(p for p in bayes.p for _ in range(_MASK_BITS))

    def mask_bits(self, bayes: AffineDropoutConfig, index: int, hidden: int) -> int:
        """Return 2 for hidden layers."""
        return _MASK_BITS if index < hidden else 0

    def choices(self, bayes: AffineDropoutConfig, index: int) -> int:
        """Return 4, one for each value of the mask bits."""
        return 2**_MASK_BITS

    def neuron_fields(self, bayes: AffineDropoutConfig, layer: Layer) -> tuple[NeuronField, ...]:
        """Return gains G and constants C of A = G P + C."""
        # With as many bits as the largest product there is room for the product's middle and a bias as large.
        return tuple(
            NeuronField(name=name, width=width, lowest=-(2 ** (width - 1)), highest=2 ** (width - 1) - 1, chosen=True)
            for name, width in (("gains", _GAIN_WIDTH), ("constants", layer.count_width + _GAIN_WIDTH))
        )

    def extra_in_flight(self, layer: Layer) -> int:
        """Return the positions of a map, whose mean must be known, and the next that come meanwhile."""
        return layer.vectors + 2


class AffineDropoutConfig(DropConfig):
    """Section `bayes` of affine dropout."""

    scheme: ClassVar[AffineDropout] = AffineDropout()

    method: Literal["affine-dropout"] = "affine-dropout"
    """Two bits per layer and pass drop the weights and the biases of its affine map."""


SECTION = AffineDropoutConfig
