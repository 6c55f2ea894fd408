"""Unit of pre-activations in the float network."""

import math

from hdl.config import Layer

__all__ = ["pre_activation_unit"]


def pre_activation_unit(layer: Layer) -> float:
    """Return s, by which the pre-activation z of ``layer`` is divided: a power of two.

    It is the power of two nearest to (2^B − 1) √N, or to √(N + r²) where an activation is added with gain r. That is
    about the standard deviation of z for random inputs, so z / s is of the order of 1, and the division is exact in any
    floating-point format. A scale of 1 in :class:`ScaleDropout` means 1 / s of z [reading]; since batch norm follows, s
    moves no threshold.
    """
    variance = layer.inputs * layer.plane_gain**2 + layer.skip_gain**2
    return 2.0 ** round(math.log2(variance) / 2)
