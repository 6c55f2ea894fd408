"""SpinDrop: a bit per neuron and pass."""

from typing import ClassVar, Literal

from ..layer import Layer
from .scheme import DropConfig
from .spatial_dropout import SpatialDropout

__all__ = ["SECTION", "SpinDropout", "SpinDropoutConfig"]


class SpinDropout(SpatialDropout):
    """One Bernoulli bit per neuron and pass: in a convolution per position and channel, before pooling (SpinDrop,
    arXiv 2401.06195 [reading]). Dropped is an activation of −1, bit 0.
    """

    def drawings(self, layer: Layer) -> int:
        """Return 1, or of a convolution the number of its positions."""
        return layer.vectors


class SpinDropoutConfig(DropConfig):
    """Section `bayes` of SpinDrop."""

    scheme: ClassVar[SpinDropout] = SpinDropout()

    method: Literal["spin-dropout"] = "spin-dropout"
    """A bit per neuron and pass drops its activation."""


SECTION = SpinDropoutConfig
