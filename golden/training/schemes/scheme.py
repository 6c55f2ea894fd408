"""Interface of a scheme in training and lowering."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hdl.config import CoreConfig, Layer
from hdl.contract import Integers

from ..bernoulli import BernoulliConv2d, BernoulliLinear
from ..binary import BinaryConv2d, BinaryLinear
from ..thresholds import BatchNorm, limits

__all__ = ["Neurons", "Scheme"]


class Neurons(nn.Module):
    """Trained neurons of one hidden layer.

    They turn pre-activations into the arguments of the sign, where a dropped activation is −1. Attributes of a subclass
    are its parameters; `slow` are those whose learning rate is a twentieth of the others'.
    """

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Return the arguments of the sign, in the shape of ``z``.

        Parameters
        ----------
        z
            Pre-activations in units of the layer, shape (batch, outputs) or (batch, outputs, H', W').
        draws
            Draws for each element of the batch: values of mask bits, shape (batch,), or values of local draws, shape
            (batch, drawings, outputs).
        """
        raise NotImplementedError

    @property
    def slow(self) -> Sequence[nn.Parameter]:
        """Parameters that move more slowly than the rest."""
        return ()

    def penalty(self) -> Tensor | None:
        """Return the penalty on the loss of a whole epoch, in nats; None where there is none."""
        return None


class Plain(Neurons):
    """Neurons with batch norm."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.norm = BatchNorm(layer)

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Normalize."""
        return self.norm(z)


class Scheme:
    """A plain binary network, the base of all schemes."""

    def linear(
        self, config: CoreConfig, layer: Layer, generator: torch.Generator
    ) -> BinaryConv2d | BinaryLinear | BernoulliConv2d | BernoulliLinear:
        """Return the matrix-vector product or convolution of ``layer``, to be trained."""
        if layer.window is None:
            return BinaryLinear(layer.inputs, layer.outputs, sets=layer.sets, generator=generator)
        return BinaryConv2d(layer.window, layer.outputs, sets=layer.sets, generator=generator)

    def neurons(self, config: CoreConfig, layer: Layer, generator: torch.Generator) -> Neurons:
        """Return the neurons of hidden ``layer``, to be trained."""
        return Plain(layer)

    def sample(self, config: CoreConfig, layer: Layer, count: int, generator: torch.Generator) -> Tensor:
        """Draw the values of local draws of ``layer`` for training, uint8 of shape (count, drawings, outputs).

        By default 0 (dropped) with the realised probability of the layer, else 1 (kept).
        """
        if layer.local is None:
            raise ValueError(f"layer must have local units, not {layer!r}")
        shape = (count, layer.local.drawings, layer.outputs)
        return (torch.rand(shape, generator=generator) >= config.stochastic.realised_p[layer.index]).to(torch.uint8)

    def lower(self, layer: Layer, neurons: Neurons, unit: float) -> dict[str, Integers]:
        """Return the members of trained ``neurons`` whose pre-activations were divided by ``unit``."""
        if not isinstance(neurons, Plain):
            raise TypeError(f"neurons must be those of a plain layer, not {type(neurons).__name__}")
        return limits(layer, neurons.norm, [1.0], unit)

    def lower_weights(
        self, layer: Layer, linear: BinaryConv2d | BinaryLinear | BernoulliConv2d | BernoulliLinear
    ) -> Integers:
        """Return the weights of trained ``layer`` as a Program has them, shape ([sets,] outputs, inputs)."""
        if isinstance(linear, BernoulliConv2d | BernoulliLinear):
            raise TypeError(f"linear must have weights that are not drawn, not be {type(linear).__name__}")
        return linear.bits().numpy()
