"""SpinDrop: a bit per neuron and pass drops its activation."""

from ..layer import Layer
from .spatial_dropout import SpatialDropout

__all__ = ["SCHEME", "SpinDropout"]


class SpinDropout(SpatialDropout):
    """One Bernoulli bit per neuron and pass: in a convolution per position and channel, before pooling (SpinDrop,
    arXiv 2401.06195 [reading]). Dropped is an activation of −1, bit 0.
    """

    name = "spin-dropout"

    def drawings(self, layer: Layer) -> int:
        """Return 1, or of a convolution the number of its positions."""
        return layer.vectors


SCHEME = SpinDropout()
