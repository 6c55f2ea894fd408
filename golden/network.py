"""The network as it is trained: binary weights and activations, everything else in floating point."""

import torch
from torch import nn

from hdl.config import CoreConfig, Layer, Method

from .binary import BinaryConv2d, BinaryLinear, sign
from .convolution import ConvolutionLayer
from .pre_activation import pre_activation_unit
from .scale_dropout import ScaleDropout

__all__ = ["HiddenLayer", "Network"]


class HiddenLayer(nn.Module):
    """Binary linear, scale with dropout where the method has it, batch norm, sign.

    Parameters
    ----------
    layer
        Shape.
    stochastic
        Whether the layer has a scale that a mask bit drops.
    generator
        Source of the initial values.
    """

    def __init__(self, layer: Layer, *, stochastic: bool, generator: torch.Generator) -> None:
        super().__init__()
        self.unit = pre_activation_unit(layer)
        self.linear = BinaryLinear(layer.inputs, layer.outputs, generator=generator)
        self.dropout = ScaleDropout(layer.outputs, generator=generator) if stochastic else None
        self.norm = nn.BatchNorm1d(layer.outputs)

    def forward(self, x: torch.Tensor, kept: torch.Tensor | None) -> torch.Tensor:
        """Return activations of ±1, shape (batch, outputs).

        Parameters
        ----------
        x
            Shape (batch, inputs): ±1, or pixels as 2u − (2^B − 1).
        kept
            Mask bits, shape (batch,); None where the layer is not stochastic.
        """
        z = self.linear(x) / self.unit
        if self.dropout is not None and kept is not None:
            z = self.dropout(z, kept)
        return sign(self.norm(z))


class Network(nn.Module):
    """Bayesian binary network of a configuration.

    Parameters
    ----------
    config
        Shape, method and probabilities.
    seed
        Seed of the initial values: the same one gives the same network.
    """

    def __init__(self, config: CoreConfig, *, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        generator = torch.Generator().manual_seed(seed)
        stochastic = config.bayes.method is Method.SCALE_DROPOUT
        last = config.layers[-1]
        self.hidden = nn.ModuleList(
            (HiddenLayer if layer.window is None else ConvolutionLayer)(
                layer, stochastic=stochastic, generator=generator
            )
            for layer in config.hidden_layers
        )
        self.output = BinaryLinear(last.inputs, last.outputs, generator=generator)
        self.output_unit = pre_activation_unit(last)
        self.gain = nn.Parameter(torch.ones(last.outputs))
        self.bias = nn.Parameter(torch.zeros(last.outputs))

    def draw_masks(self, count: int, generator: torch.Generator) -> torch.Tensor:
        """Return independent mask bits, int64 of shape (count, L): 0 (dropped) with `config.realised_p`."""
        p = torch.tensor(self.config.realised_p)
        return (torch.rand(count, len(p), generator=generator) >= p).long()

    def forward(
        self,
        pixels: torch.Tensor,
        masks: torch.Tensor | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        """Return the logits of one pass, shape (batch, classes).

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (batch, inputs); pixel (y, x, c) of an image is number (yW + x)C + c.
        masks
            Mask bits, shape (batch, L), 1 where the scale is kept. Not needed by the method `none`.
        generator
            Source of the masks where none are given.

        Raises
        ------
        ValueError
            The method needs masks, and there are neither masks nor a generator.
        """
        if self.config.mask_width and masks is None:
            if generator is None:
                raise ValueError("masks must be given, or a generator to draw them from, not None")
            masks = self.draw_masks(len(pixels), generator)
        x = pixels.to(self.gain.dtype) * 2 - self.config.layers[0].plane_gain
        if self.config.network.convolutions and self.config.network.image is not None:
            # In memory the channels stay last: there is nothing to move.
            x = x.unflatten(1, self.config.network.image).permute(0, 3, 1, 2)
        maps: list[torch.Tensor] = []
        for index, layer in enumerate(self.hidden):
            kept = masks[:, index] if masks is not None and layer.dropout is not None else None
            if isinstance(layer, ConvolutionLayer):
                x = layer(x, kept, None if layer.skip is None else maps[layer.skip])
                maps.append(x)
            else:
                x = layer(_flatten(x), kept)
        return self.output(_flatten(x)) / self.output_unit * self.gain + self.bias

    @torch.no_grad()
    def sample(self, pixels: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
        """Return the logits of T passes of each input, shape (images, T, classes), in evaluation mode.

        ``pixels`` has the shape (images, inputs) and ``masks`` (images, T, L); for the method `none` L is 0.
        """
        training = self.training
        self.eval()
        passes = [self(pixels, masks[:, index]) for index in range(masks.shape[1])]
        self.train(training)
        return torch.stack(passes, dim=1)

    def clip(self) -> None:
        """Bring all latent weights back into [−1, 1]. Call after every step of the optimizer."""
        for module in self.modules():
            if isinstance(module, BinaryConv2d | BinaryLinear):
                module.clip()


def _flatten(x: torch.Tensor) -> torch.Tensor:
    """Return maps of shape (batch, channels, H, W) as vectors, all channels of a position at once."""
    return x.permute(0, 2, 3, 1).flatten(start_dim=1) if x.ndim > 2 else x
