"""Trainable binary layers."""

import functools
from collections.abc import Callable

import torch
from torch import nn
from torch.autograd.function import FunctionCtx, once_differentiable

from hdl.config import Window

__all__ = ["BinaryConv2d", "BinaryLinear", "by_set", "sign"]


class _Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx: FunctionCtx, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * (x.abs() <= 1)


def sign(x: torch.Tensor) -> torch.Tensor:
    """Return +1 where ``x`` ≥ 0 and −1 elsewhere, of the same shape; sign(0) is +1 as in hardware.

    The gradient is that of the identity where −1 ≤ x ≤ 1 and 0 elsewhere (straight-through; Hubara et al., 2016).
    """
    return _Sign.apply(x)


class BinaryLinear(nn.Module):
    """Matrix-vector product with weights of ±1, without bias.

    The signs are those of real *latent* weights in [−1, 1], which training moves.

    Parameters
    ----------
    inputs, outputs
        Fan-in N and number of columns M.
    sets
        Sets of weights, one of which each element of a batch uses.
    generator
        Source of the initial latent weights, uniform in [−1, 1].
    """

    def __init__(self, inputs: int, outputs: int, *, sets: int = 1, generator: torch.Generator) -> None:
        super().__init__()
        self.takes_draws = sets > 1
        shape = (outputs, inputs) if sets == 1 else (sets, outputs, inputs)
        self.latent = nn.Parameter(torch.rand(shape, generator=generator) * 2 - 1)

    def forward(self, x: torch.Tensor, chosen: torch.Tensor | None = None) -> torch.Tensor:
        """Return z, shape (batch, outputs), for ``x`` of shape (batch, inputs).

        Exact for integers in ``x`` as long as Σ|x| < 2^24 in float32. ``chosen`` is the set of weights of each element,
        shape (batch,), where there are several.
        """
        return by_set(x, chosen, sign(self.latent), nn.functional.linear)

    @torch.no_grad()
    def clip(self) -> None:
        """Clip the latent weights to [−1, 1]. Call after every step of the optimizer."""
        self.latent.clamp_(-1, 1)

    @torch.no_grad()
    def bits(self) -> torch.Tensor:
        """Return the weights as bits, int64 of shape ([sets,] outputs, inputs): 1 for +1, 0 for −1."""
        return (self.latent >= 0).long()


class BinaryConv2d(nn.Module):
    """Convolution with weights of ±1, without bias (docs/numerics.md#convolutions).

    The signs are those of real *latent* weights in [−1, 1], which training moves. The border is the smallest value
    that an input can have: −1, or −(2^B − 1) in the first layer.

    Parameters
    ----------
    window
        Geometry of the window.
    outputs
        Output channels M.
    sets
        Sets of weights, one of which each element of a batch uses.
    generator
        Source of the initial latent weights, uniform in [−1, 1].
    """

    def __init__(self, window: Window, outputs: int, *, sets: int = 1, generator: torch.Generator) -> None:
        super().__init__()
        self.takes_draws = sets > 1
        self.window = window
        kernel = (outputs, window.source.channels, window.kernel, window.kernel)
        shape = kernel if sets == 1 else (sets, *kernel)
        self.latent = nn.Parameter(torch.rand(shape, generator=generator) * 2 - 1)

    def forward(self, x: torch.Tensor, chosen: torch.Tensor | None = None) -> torch.Tensor:
        """Return z, shape (batch, outputs, H', W'), for ``x`` of shape (batch, channels, H, W).

        Exact for integers in ``x`` as long as the sum of |x| in a window is less than 2^24 in float32. ``chosen`` is
        the set of weights of each element, shape (batch,), where there are several.
        """
        window = self.window
        if window.padding:
            x = nn.functional.pad(x, (window.padding,) * 4, value=1.0 - 2**window.source.bits)
        convolve = functools.partial(nn.functional.conv2d, stride=window.stride)
        return by_set(x, chosen, sign(self.latent), convolve)

    @torch.no_grad()
    def clip(self) -> None:
        """Clip the latent weights to [−1, 1]. Call after every step of the optimizer."""
        self.latent.clamp_(-1, 1)

    @torch.no_grad()
    def bits(self) -> torch.Tensor:
        """Return the weights as bits, int64 of shape (outputs, K² channels), or that for each set: 1 for +1, 0 for −1.

        Bit (iK + j) channels + c is that of channel c in row i and column j of the window.
        """
        return (self.latent >= 0).long().movedim(-3, -1).flatten(start_dim=-3)


def by_set(
    x: torch.Tensor,
    chosen: torch.Tensor | None,
    weights: torch.Tensor,
    product: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
) -> torch.Tensor:
    """Return ``product(x, weights)``, each element of the batch with its chosen set where there are several."""
    if chosen is None:
        return product(x, weights)
    order = chosen.argsort(stable=True)
    counts = torch.bincount(chosen, minlength=len(weights)).tolist()
    parts = zip(x[order].split(counts), weights, strict=True)
    return torch.cat([product(part, own) for part, own in parts])[order.argsort()]
