"""A convolution of the float network."""

import torch
from torch import nn

from hdl.config import Layer

from .binary import BinaryConv2d, sign
from .pre_activation import pre_activation_unit
from .scale_dropout import ScaleDropout

__all__ = ["ConvolutionLayer"]


class ConvolutionLayer(nn.Module):
    """Binary convolution, residual, scale with dropout where the method has it, batch norm, pooling, sign.

    The sign is monotone, so that pooling before it is the OR of the activations that the hardware has.

    Parameters
    ----------
    layer
        Shape; it has a window.
    stochastic
        Whether the layer has a scale that a mask bit drops.
    generator
        Source of the initial values.
    """

    def __init__(self, layer: Layer, *, stochastic: bool, generator: torch.Generator) -> None:
        super().__init__()
        if layer.window is None:
            raise ValueError(f"layer must have a window, not {layer!r}")
        self.unit = pre_activation_unit(layer)
        self.pool = layer.pool
        self.skip = layer.skip
        self.skip_gain = layer.skip_gain
        self.linear = BinaryConv2d(layer.window, layer.outputs, generator=generator)
        self.dropout = ScaleDropout(layer.outputs, generator=generator) if stochastic else None
        self.norm = nn.BatchNorm2d(layer.outputs)

    def forward(self, x: torch.Tensor, kept: torch.Tensor | None, added: torch.Tensor | None) -> torch.Tensor:
        """Return activations of ±1, shape (batch, outputs, H' / pool, W' / pool).

        Parameters
        ----------
        x
            Shape (batch, channels, H, W): ±1, or pixels as 2u − (2^B − 1).
        kept
            Mask bits, shape (batch,); None where the layer is not stochastic.
        added
            Activations of layer `skip`, shape (batch, outputs, H', W'); None where it has none.
        """
        z = self.linear(x)
        if added is not None:
            z = z + self.skip_gain * added
        z = z / self.unit
        if self.dropout is not None and kept is not None:
            z = self.dropout(z, kept)
        z = self.norm(z)
        return sign(nn.functional.max_pool2d(z, self.pool) if self.pool > 1 else z)
