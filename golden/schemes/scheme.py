"""What a scheme has to say in software: how it is trained, lowered and computed."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from hdl.config import CoreConfig, Layer
from hdl.contract.program import Integers

from ..neurons.firing import Firing, ThresholdFiring
from ..neurons.neuron import fire
from ..training.bernoulli import BernoulliConv2d, BernoulliLinear
from ..training.binary import BinaryConv2d, BinaryLinear
from ..training.thresholds import BatchNorm, limits

__all__ = ["Neurons", "Scheme"]

#: How often a random threshold is one of the ends: a neuron that always, or never, fires.
_EXTREME = 0.05


class Neurons(nn.Module):
    """Neurons of one hidden layer as they are trained: from the pre-activation to what the sign is taken of.

    What a scheme drops is −1 there. Attributes of a subclass are its parameters; `slow` are those whose learning rate
    is a twentieth of the others'.
    """

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Return what the sign is taken of, in the shape of ``z``.

        Parameters
        ----------
        z
            Pre-activations in units of the layer, shape (batch, outputs) or (batch, outputs, H', W').
        draws
            What was drawn for each element of the batch, as for :meth:`Scheme.fire`.
        """
        raise NotImplementedError

    @property
    def slow(self) -> Sequence[nn.Parameter]:
        """Parameters that move more slowly than the rest."""
        return ()

    def penalty(self) -> Tensor | None:
        """Return what is added to the loss of a whole epoch, in nats; None where there is nothing."""
        return None


class Plain(Neurons):
    """Batch norm."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.norm = BatchNorm(layer)

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Normalize."""
        return self.norm(z)


class Scheme:
    """A plain binary network with batch norm, which the schemes change."""

    #: Whether the weights are what is drawn, so that :meth:`sample` is asked for every layer.
    samples_weights = False

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

    def meaning(self, config: CoreConfig, draws: Tensor, code: int) -> Tensor:
        """Return what draws of local units mean, uint8 of the shape of ``draws``, which are integers 0 to 2^k − 1.

        By default 0 (dropped) where the draw is less than the drop ``code`` of the layer, else 1 (kept).
        """
        return (draws >= code).to(torch.uint8)

    def sample(self, config: CoreConfig, layer: Layer, count: int, generator: torch.Generator) -> Tensor:
        """Draw for training what local draws of ``layer`` mean, uint8 of shape (count, drawings, outputs).

        By default 0 (dropped) with the realised probability of the layer, else 1 (kept).
        """
        if layer.local is None:
            raise ValueError(f"layer must have local units, not {layer!r}")
        shape = (count, layer.local.drawings, layer.outputs)
        return (torch.rand(shape, generator=generator) >= config.realised_p[layer.index]).to(torch.uint8)

    def lower(self, layer: Layer, neurons: Neurons, unit: float) -> dict[str, Integers]:
        """Return the members of trained ``neurons`` whose pre-activations were divided by ``unit``."""
        if not isinstance(neurons, Plain):
            raise TypeError(f"neurons must be those of a plain layer, not {type(neurons).__name__}")
        return limits(layer, neurons.norm, [1.0], unit)

    def lower_weights(
        self, config: CoreConfig, linear: BinaryConv2d | BinaryLinear | BernoulliConv2d | BernoulliLinear
    ) -> Integers:
        """Return the weights of a trained layer as a Program has them, shape ([sets,] outputs, inputs)."""
        if isinstance(linear, BernoulliConv2d | BernoulliLinear):
            raise TypeError(f"linear must have weights that are not drawn, not be {type(linear).__name__}")
        return linear.bits().numpy()

    def random_neurons(self, layer: Layer, rng: np.random.Generator) -> dict[str, Integers]:
        """Return random members for ``layer``: thresholds as the counts are distributed, some at the ends."""
        # A fair sum of N odd levels ±1 … ±(2^B − 1) has the variance N (4^B − 1) / 3, and P moves by half of z.
        spread = math.sqrt(layer.inputs * (4**layer.input_bits - 1) / 3 + layer.skip_gain**2) / 2
        shape = (layer.outputs, layer.choices)
        near = np.rint(rng.normal(layer.count_max / 2, spread, shape)).clip(0, layer.threshold_max).astype(np.int64)
        ends = rng.choice([0, layer.threshold_max], shape)
        return {
            "thresholds": np.where(rng.random(shape) < _EXTREME, ends, near),
            "flips": rng.integers(0, 2, layer.outputs),
        }

    def fire(self, layer: Layer, neurons: Mapping[str, Integers], counts: Tensor, draws: Tensor | None) -> Tensor:
        """Return the activations of counts P, uint8, as the documents say it and sharing nothing.

        Parameters
        ----------
        layer
            The layer.
        neurons
            Its members.
        counts
            P before pooling, int64, shape (batch, positions, outputs); 1 position where it is no convolution.
        draws
            What was drawn for each element of the batch: mask values, shape (batch,), or what local draws mean, shape
            (batch, drawings, outputs); None where nothing was.
        """
        mask = None if draws is None else draws.repeat_interleave(counts.shape[1])
        fired = fire(counts.reshape(-1, layer.outputs), neurons["thresholds"], neurons["flips"], mask)
        return fired.view(counts.shape)

    def firing(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device) -> Firing:
        """Return the same arranged for speed: a function of sums Σ w u as :class:`golden.model.FoldedLayer` has them.

        ``weights`` are those of the layer, shape (sets, outputs, inputs).
        """
        return ThresholdFiring(layer, neurons, weights, device)
