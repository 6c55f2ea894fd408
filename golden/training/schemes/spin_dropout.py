"""SpinDrop: one random bit per neuron and pass; in a convolution per position and channel."""

from .spatial_dropout import ActivationDropout

__all__ = ["SCHEME"]

SCHEME = ActivationDropout()
