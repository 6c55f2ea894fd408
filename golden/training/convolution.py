"""Convolution of the float network."""

import torch
from torch import nn

from hdl.config import Layer

from ..common import pre_activation_unit
from .bernoulli import BernoulliConv2d
from .binary import BinaryConv2d, sign
from .schemes import Neurons

__all__ = ["ConvolutionLayer"]


class ConvolutionLayer(nn.Module):
    """Binary convolution, residual, neurons, pooling, sign.

    The neurons are those of the scheme. The sign is monotone, so that pooling before it is the OR of the activations of
    the hardware.

    Parameters
    ----------
    layer
        Shape; it has a window.
    linear
        The convolution.
    neurons
        The neurons.
    """

    def __init__(self, layer: Layer, linear: BinaryConv2d | BernoulliConv2d, neurons: Neurons) -> None:
        super().__init__()
        if layer.window is None:
            raise ValueError(f"layer must have a window, not {layer!r}")
        self.unit = pre_activation_unit(layer)
        self.pool = layer.pool
        self.skip = layer.skip
        self.skip_gain = layer.skip_gain
        self.linear = linear
        self.neurons = neurons

    def forward(self, x: torch.Tensor, draws: torch.Tensor | None, added: torch.Tensor | None) -> torch.Tensor:
        """Return activations of ±1, shape (batch, outputs, H' / pool, W' / pool).

        Parameters
        ----------
        x
            Shape (batch, channels, H, W): ±1, or pixels as 2u − (2^B − 1).
        draws
            Draws of each element; None where there are none.
        added
            Activations of layer `skip`, shape (batch, outputs, H', W'); None where it has none.
        """
        z = self.linear(x, draws if self.linear.takes_draws else None)
        if added is not None:
            z = z + self.skip_gain * added
        y = self.neurons(z / self.unit, draws)
        return sign(nn.functional.max_pool2d(y, self.pool) if self.pool > 1 else y)
