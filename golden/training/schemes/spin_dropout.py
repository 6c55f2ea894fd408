"""SpinDrop: one random bit per neuron.

In a convolution there is one per position and channel.
"""

from .spatial_dropout import ActivationDropout

__all__ = ["SCHEME"]

SCHEME = ActivationDropout()
