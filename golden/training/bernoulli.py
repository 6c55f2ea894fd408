"""Binary weights as Bernoulli random variables."""

import math

import torch
from torch import Tensor, nn

from hdl.config import Layer

__all__ = ["BernoulliConv2d", "BernoulliLinear", "BernoulliWeights", "to_codes"]

# Weight of the divergence from the prior, which at full weight would erase most of the learnt values (a "cold"
# posterior).
_TEMPERATURE = 0.1
# Before training the natural parameters are uniform in ± this: P(w = +1) from 0.12 to 0.88.
_SPREAD = 1.0
# Bound of the natural parameters, where P(w = +1) is 0.0003 or 0.9997: beyond it gradients vanish without a gain.
_LARGEST = 4.0
# Variance of a sum below which its root has no gradient: that of a single, almost certain weight.
_SMALLEST_VARIANCE = 1e-3


class BernoulliWeights(nn.Module):
    """Mean-field Bernoulli weights of one layer.

    With natural parameters λ: P(w = +1) = sigmoid(2λ), E w = μ = tanh λ.

    Layer outputs are drawn in output space: a sum of many independent weights is nearly a Gaussian
    with the same mean and variance (local reparametrization, [derived]), so that each input of a batch has its own
    weights at the price of one number for each output. Adam follows the gradient with respect to λ. BayesBiNN relaxes
    single samples and follows the natural gradient (methods.md 3 [code]); here that trained less well (decision 16).

    Inputs are ±1, or bit planes of pixels. A weight is drawn anew in each plane, or once for all of them.

    Parameters
    ----------
    layer
        Shape.
    shared_planes
        Whether all bit planes see the same sample of the weights.
    generator
        Source of the initial natural parameters, uniform in [−1, 1].
    """

    #: A draw of a layer is standard normal, shape (batch, positions, outputs).
    takes_draws = True

    def __init__(self, layer: Layer, *, shared_planes: bool, generator: torch.Generator) -> None:
        super().__init__()
        self.natural = nn.Parameter((torch.rand(layer.outputs, layer.inputs, generator=generator) * 2 - 1) * _SPREAD)
        self._shared = shared_planes and layer.input_bits > 1
        # Planes of 2^i (±1), each with its own weights: Σ 4^i = (4^B − 1) / 3 for any pixels.
        self._plane_variance = (4**layer.input_bits - 1) / 3

    @property
    def probability(self) -> Tensor:
        """P(w = +1), float64, shape (outputs, inputs)."""
        return (2 * self.natural.detach().double()).sigmoid()

    def penalty(self) -> Tensor:
        """Return the penalty in the loss of a whole epoch, in nats: part of Σ λ tanh λ − ln cosh λ.

        That is the divergence of the weights from fair ones, the prior.
        """
        natural = self.natural
        # ln cosh λ = ln(e^λ + e^−λ) − ln 2
        divergence = (natural * natural.tanh() - torch.logaddexp(natural, -natural)).sum()
        return _TEMPERATURE * (divergence + natural.numel() * math.log(2))

    @torch.no_grad()
    def clip(self) -> None:
        """Clip the natural parameters to [−4, 4]. Call after every step of the optimizer."""
        self.natural.clamp_(-_LARGEST, _LARGEST)

    def _deviation(self, mean: Tensor) -> Tensor:
        """Return the standard deviation of the sums of ±1 of each output, in all planes, shape (outputs,)."""
        variance = (1 - mean.square()).sum(dim=1) * self._plane_variance
        return variance.clamp(min=_SMALLEST_VARIANCE).sqrt()


class BernoulliLinear(BernoulliWeights):
    """Matrix-vector product with Bernoulli weights."""

    def forward(self, x: Tensor, draws: Tensor | None) -> Tensor:
        """Return z, shape (batch, outputs), for ``x`` of shape (batch, inputs).

        ``draws`` are standard normal, shape (batch, 1, outputs).
        """
        if draws is None:
            raise ValueError("draws must be standard normal numbers, not None")
        mean = self.natural.tanh()
        if self._shared:
            variance = nn.functional.linear(x.square(), 1 - mean.square()).float()
            deviation = variance.clamp(min=_SMALLEST_VARIANCE).sqrt()
        else:
            deviation = self._deviation(mean)
        return nn.functional.linear(x, mean) + deviation * draws.squeeze(1)


class BernoulliConv2d(BernoulliWeights):
    """Convolution with Bernoulli weights (docs/numerics.md#convolutions).

    Each window draws them anew.
    """

    def __init__(self, layer: Layer, *, shared_planes: bool, generator: torch.Generator) -> None:
        super().__init__(layer, shared_planes=shared_planes, generator=generator)
        if layer.window is None:
            raise ValueError(f"layer must have a window, not {layer!r}")
        self.window = layer.window

    def forward(self, x: Tensor, draws: Tensor | None) -> Tensor:
        """Return z, shape (batch, outputs, H', W'), for ``x`` of shape (batch, channels, H, W).

        ``draws`` are standard normal, shape (batch, H' W', outputs), positions row by row.
        """
        if draws is None:
            raise ValueError("draws must be standard normal numbers, not None")
        window, mean = self.window, self.natural.tanh()
        if window.padding:
            x = nn.functional.pad(x, (window.padding,) * 4, value=1.0 - 2**window.source.bits)
        z = nn.functional.conv2d(x, self._kernel(mean), stride=window.stride)
        noise = draws.transpose(1, 2).view(z.shape)
        if self._shared:
            variance = nn.functional.conv2d(x.square(), self._kernel(1 - mean.square()), stride=window.stride).float()
            return z + variance.clamp(min=_SMALLEST_VARIANCE).sqrt() * noise
        return z + self._deviation(mean)[:, None, None] * noise

    def _kernel(self, values: Tensor) -> Tensor:
        """Return values of shape (outputs, K² channels) in the order of PyTorch, (outputs, channels, K, K)."""
        side = self.window.kernel
        return values.unflatten(1, (side, side, -1)).movedim(-1, 1)


def to_codes(probability: Tensor, bits: int) -> Tensor:
    """Return the code, 0 to 2^bits − 1, nearest to each probability, int64 of the same shape.

    Code c stands for c / 2^bits, except for the largest, which stands for exactly 1.
    """
    steps = 2**bits
    codes = (probability * steps).round().clamp(max=steps - 1)
    # The last decision level is the mean of the two largest values, c / 2^bits and 1.
    middle = (2 * steps - 2) / (2 * steps)
    return torch.where((codes == steps - 1) & (probability < middle), steps - 2.0, codes).long()
