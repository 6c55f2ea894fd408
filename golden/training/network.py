"""Trainable network.

Binary weights and activations, everything else in floating point.
"""

import torch
from torch import nn

from hdl.config import CoreConfig, Layer

from ..common import pre_activation_unit
from ..draws import Draws, layer_values
from .bernoulli import BernoulliConv2d, BernoulliLinear, BernoulliWeights
from .binary import BinaryConv2d, BinaryLinear, sign
from .convolution import ConvolutionLayer
from .schemes import Neurons, scheme_of

__all__ = ["HiddenLayer", "Network"]


class HiddenLayer(nn.Module):
    """Binary linear layer, neurons, sign.

    The neurons are those of the scheme.

    Parameters
    ----------
    layer
        Shape.
    linear
        The matrix-vector product.
    neurons
        The neurons.
    """

    def __init__(self, layer: Layer, linear: BinaryLinear | BernoulliLinear, neurons: Neurons) -> None:
        super().__init__()
        self.unit = pre_activation_unit(layer)
        self.linear = linear
        self.neurons = neurons

    def forward(self, x: torch.Tensor, draws: torch.Tensor | None) -> torch.Tensor:
        """Return activations of ±1, shape (batch, outputs).

        Parameters
        ----------
        x
            Shape (batch, inputs): ±1, or pixels as 2u − (2^B − 1).
        draws
            Draws of each element; None where there are none.
        """
        z = self.linear(x, draws if self.linear.takes_draws else None)
        return sign(self.neurons(z / self.unit, draws))


class Network(nn.Module):
    """Bayesian binary network of a configuration.

    Parameters
    ----------
    config
        Shape, method and probabilities.
    seed
        Seed of the initial values: the same seed gives the same network.
    """

    def __init__(self, config: CoreConfig, *, seed: int = 0) -> None:
        super().__init__()
        self.config = config
        self._scheme = scheme_of(config)
        generator = torch.Generator().manual_seed(seed)
        self.hidden = nn.ModuleList(self._hidden_layer(layer, generator) for layer in config.hidden_layers)
        last = config.layers[-1]
        self.output = self._scheme.linear(config, last, generator)
        self.output_unit = pre_activation_unit(last)
        self.gain = nn.Parameter(torch.ones(last.outputs))
        self.bias = nn.Parameter(torch.zeros(last.outputs))

    def _hidden_layer(self, layer: Layer, generator: torch.Generator) -> nn.Module:
        linear = self._scheme.linear(self.config, layer, generator)
        neurons = self._scheme.neurons(self.config, layer, generator)
        if isinstance(linear, BinaryConv2d | BernoulliConv2d):
            return ConvolutionLayer(layer, linear, neurons)
        return HiddenLayer(layer, linear, neurons)

    def draw(self, count: int, generator: torch.Generator) -> Draws:
        """Return the draws of each layer for one pass of each of ``count`` inputs, with the realised p."""
        config = self.config
        p = torch.tensor(config.stochastic.realised_p[: config.stochastic.mask_width])
        masks = (
            (torch.rand(count, config.stochastic.mask_width, generator=generator) >= p).long()
            if config.stochastic.mask_width
            else None
        )
        drawn: list[torch.Tensor | None] = []
        for layer in config.layers:
            if layer.local is not None or config.bayes.scheme.draws_weights:
                drawn.append(self._scheme.sample(config, layer, count, generator))
            else:
                drawn.append(layer_values(layer, masks) if masks is not None and layer.mask_bits else None)
        return tuple(drawn)

    def forward(
        self,
        pixels: torch.Tensor,
        draws: Draws | None = None,
        *,
        generator: torch.Generator | None = None,
    ) -> torch.Tensor:
        """Return the logits of one pass, shape (batch, classes).

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (batch, inputs); pixel (y, x, c) of an image is number (yW + x)C + c.
        draws
            Draws of each layer and element, as from :meth:`draw`. Unused by the method `none`.
        generator
            Source of the draws where none are given.

        Raises
        ------
        ValueError
            The method needs draws, and there are neither draws nor a generator.
        """
        if draws is None:
            if generator is None and self.config.stochastic.random_bits:
                raise ValueError("draws must be given, or a generator to draw them from, not None")
            draws = self.draw(len(pixels), generator or torch.Generator())
        x = pixels.to(self.gain.dtype) * 2 - self.config.layers[0].plane_gain
        if self.config.network.convolutions and self.config.network.image is not None:
            # In memory the channels stay last, which avoids a copy.
            x = x.unflatten(1, self.config.network.image).permute(0, 3, 1, 2)
        maps: list[torch.Tensor] = []
        for layer, drawn in zip(self.hidden, draws, strict=False):
            if isinstance(layer, ConvolutionLayer):
                x = layer(x, drawn, None if layer.skip is None else maps[layer.skip])
                maps.append(x)
            else:
                x = layer(_flatten(x), drawn)
        return self.output(_flatten(x), draws[-1]) / self.output_unit * self.gain + self.bias

    @torch.no_grad()
    def sample(self, pixels: torch.Tensor, draws: Draws, *, passes: int) -> torch.Tensor:
        """Return the logits of T passes of each input, shape (images, T, classes), in evaluation mode.

        ``pixels`` has the shape (images, inputs); ``draws`` are those of :func:`golden.draws.pass_draws`. The noise of
        drawn weights is not among them; it is drawn here, with a fixed seed.
        """
        training = self.training
        self.eval()
        if self.config.bayes.scheme.draws_weights:
            generator = torch.Generator().manual_seed(self.config.random.seed)
            logits = [self(pixels, generator=generator) for _ in range(passes)]
        else:
            each = (tuple(None if drawn is None else drawn[:, index] for drawn in draws) for index in range(passes))
            logits = [self(pixels, drawn) for drawn in each]
        self.train(training)
        return torch.stack(logits, dim=1)

    def penalty(self) -> torch.Tensor | None:
        """Return the penalty of neurons and weights in the loss of a whole epoch, in nats; None where there is none."""
        found = [module.penalty() for module in self.modules() if isinstance(module, BernoulliWeights | Neurons)]
        added = [each for each in found if each is not None]
        return torch.stack(added).sum() if added else None

    def clip(self) -> None:
        """Clip all latent weights and natural parameters to their range. Call after every step."""
        for module in self.modules():
            if isinstance(module, BernoulliWeights | BinaryConv2d | BinaryLinear):
                module.clip()


def _flatten(x: torch.Tensor) -> torch.Tensor:
    """Return maps of shape (batch, channels, H, W) as vectors, all channels of a position at once."""
    return x.permute(0, 2, 3, 1).flatten(start_dim=1) if x.ndim > 2 else x
