"""Affine dropout with inverted normalization.

Two random bits per layer and pass.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from hdl.config import CoreConfig, Layer
from hdl.contract import Integers

from ...common import pre_activation_unit
from ...neurons import fraction_bits, member_width
from .scheme import Neurons, Scheme

__all__ = ["SCHEME", "AffineDropoutNeurons", "inverted_norm"]

#: Added to the variance.
_EPSILON = 1e-5

# Median of |γ| and deviation of ln |γ| before training, and deviation of β.
_MEDIAN = 0.5
_SPREAD = 1.0
_BIAS_SPREAD = 0.5


def inverted_norm(a: Tensor) -> Tensor:
    """Return (a − mean) / √(variance + ε) of each element of the batch, over its channels and positions.

    In training and after it: nothing is kept from other inputs (arXiv 2401.12416; the set that the mean is taken over
    [reading]).
    """
    axes = tuple(range(1, a.ndim))
    # Not by the function that gives both at once: it would round the mean differently, and a value equal to the mean
    # must not be below it.
    centered = a - a.mean(dim=axes, keepdim=True)
    return centered / (centered.square().mean(dim=axes, keepdim=True) + _EPSILON).sqrt()


class AffineDropoutNeurons(Neurons):
    """Affine map with dropout, inverted normalization.

    a = γ̃ z + β̃ with two mask bits per sample for all channels: γ̃ is γ where bit 0 is 1 and else **1**, β̃ is β where
    bit 1 is 1 and else **0** (arXiv 2401.12416: affine before normalization, affine dropout [summary]; to what is
    dropped [reading]). γ and β are rounded to the formats of the hardware, and their gradients passed straight through
    [reading]. With γ = 1 and β = 0 the mask would change nothing, so they start away from there, γ > 0 [reading].
    """

    def __init__(self, layer: Layer, generator: torch.Generator) -> None:
        super().__init__()
        self.layer = layer
        self.unit = pre_activation_unit(layer)
        channels = layer.outputs
        self.weight = nn.Parameter(_MEDIAN * (_SPREAD * torch.randn(channels, generator=generator)).exp())
        self.bias = nn.Parameter(_BIAS_SPREAD * torch.randn(channels, generator=generator))

    def forward(self, z: Tensor, draws: Tensor | None) -> Tensor:
        """Transform and normalize; ``draws`` are values of the two mask bits, shape (batch,)."""
        if draws is None:
            raise ValueError("draws must be values of mask bits, not None")
        weight, bias = self._choices()
        gains, constants = _rounded(self.layer, weight, bias, self.unit)
        steps = 2.0 ** fraction_bits(self.layer)
        rounded_weight = gains / steps
        rounded_bias = (2 * constants + gains * self.layer.count_max) / (self.unit * steps)
        weight = weight + (rounded_weight - weight).detach().to(weight.dtype)
        bias = bias + (rounded_bias - bias).detach().to(bias.dtype)
        shape = (len(z), -1, *[1] * (z.ndim - 2))
        chosen = draws.long()
        return inverted_norm(z * weight[chosen].view(shape) + bias[chosen].view(shape))

    @torch.no_grad()
    def integers(self, unit: float) -> tuple[Integers, Integers]:
        """Return gains and constants, shape (outputs, choices), of pre-activations that were divided by ``unit``."""
        gains, constants = _rounded(self.layer, *self._choices(), unit)
        return gains.T.long().numpy(), constants.T.long().numpy()

    def _choices(self) -> tuple[Tensor, Tensor]:
        """Return γ̃ and β̃ of each value of the mask bits, shape (choices, outputs)."""
        one, zero = torch.ones_like(self.weight), torch.zeros_like(self.bias)
        weight, bias = self.weight, self.bias
        return torch.stack([one, weight, one, weight]), torch.stack([zero, zero, bias, bias])

    @property
    def slow(self) -> Sequence[nn.Parameter]:
        """The weights: at the full rate they run to the end of their range."""
        return (self.weight,)


class _Scheme(Scheme):
    """Affine dropout in training, and its lowering."""

    def neurons(self, config: CoreConfig, layer: Layer, generator: torch.Generator) -> Neurons:
        """Return neurons with an affine map."""
        return AffineDropoutNeurons(layer, generator)

    def lower(self, layer: Layer, neurons: Neurons, unit: float) -> dict[str, Integers]:
        """Return G and C of each choice (docs/numerics.md#affine-dropout-and-inverted-normalization)."""
        if not isinstance(neurons, AffineDropoutNeurons):
            raise TypeError(f"neurons must have an affine map, not be {type(neurons).__name__}")
        gains, constants = neurons.integers(unit)
        return {"gains": gains, "constants": constants}


def _rounded(layer: Layer, weight: Tensor, bias: Tensor, unit: float) -> tuple[Tensor, Tensor]:
    """Return G = γ 2^f and C = (β s 2^f − G P_max) / 2, both rounded half up and saturated, in float64."""
    steps = 2.0 ** fraction_bits(layer)
    gains = _saturated(weight.detach().double() * steps, member_width(layer, "gains"))
    exact = (bias.detach().double() * unit * steps - gains * layer.count_max) / 2
    return gains, _saturated(exact, member_width(layer, "constants"))


def _saturated(values: Tensor, width: int) -> Tensor:
    return (values + 1 / 2).floor().clamp(-(2 ** (width - 1)), 2 ** (width - 1) - 1)


SCHEME = _Scheme()
