"""Sampled weights, as in Bayes2IMC.

Each weight is a bit that is drawn in every pass.
"""

import torch
from torch import Tensor

from hdl.config import CoreConfig, Layer
from hdl.contract import Integers

from ..bernoulli import BernoulliConv2d, BernoulliLinear, BernoulliWeights, to_codes
from ..binary import BinaryConv2d, BinaryLinear
from .scheme import Scheme

__all__ = ["SCHEME"]


class _Scheme(Scheme):
    """Bernoulli weights; neurons of one threshold each."""

    def linear(self, config: CoreConfig, layer: Layer, generator: torch.Generator) -> BernoulliConv2d | BernoulliLinear:
        """Return the product with Bernoulli weights."""
        shared_planes = layer.sampling is not None and layer.sampling.drawn_per == "pass"
        if layer.window is None:
            return BernoulliLinear(layer, shared_planes=shared_planes, generator=generator)
        return BernoulliConv2d(layer, shared_planes=shared_planes, generator=generator)

    def sample(self, config: CoreConfig, layer: Layer, count: int, generator: torch.Generator) -> Tensor:
        """Draw the noise of sums of sampled weights, standard normal, shape (count, positions, outputs)."""
        return torch.randn((count, layer.vectors, layer.outputs), generator=generator)

    def lower_weights(
        self, layer: Layer, linear: BinaryConv2d | BinaryLinear | BernoulliConv2d | BernoulliLinear
    ) -> Integers:
        """Return the probability codes, shape (outputs, inputs)."""
        if not isinstance(linear, BernoulliWeights):
            raise TypeError(f"linear must have Bernoulli weights, not be {type(linear).__name__}")
        return to_codes(linear.probability, layer.weight_bits).numpy()


SCHEME = _Scheme()
