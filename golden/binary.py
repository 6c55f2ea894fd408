"""Binary layers that can be trained."""

import torch
from torch import nn
from torch.autograd.function import FunctionCtx, once_differentiable

from hdl.config import Window

__all__ = ["BinaryConv2d", "BinaryLinear", "sign"]


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

    The gradient is passed straight through where −1 ≤ x ≤ 1 and is 0 elsewhere (Hubara et al., 2016).
    """
    return _Sign.apply(x)


class BinaryLinear(nn.Module):
    """Matrix-vector product with weights of ±1, without bias.

    The signs are those of real *latent* weights in [−1, 1], which training moves.

    Parameters
    ----------
    inputs, outputs
        Fan-in N and number of columns M.
    generator
        Source of the initial latent weights, uniform in [−1, 1].
    """

    def __init__(self, inputs: int, outputs: int, *, generator: torch.Generator) -> None:
        super().__init__()
        self.latent = nn.Parameter(torch.rand(outputs, inputs, generator=generator) * 2 - 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return z, shape (batch, outputs), for ``x`` of shape (batch, inputs).

        Exact for integers in ``x`` as long as Σ|x| < 2^24 in float32.
        """
        return nn.functional.linear(x, sign(self.latent))

    @torch.no_grad()
    def clip(self) -> None:
        """Bring the latent weights back into [−1, 1]. Call after every step of the optimizer."""
        self.latent.clamp_(-1, 1)

    @torch.no_grad()
    def bits(self) -> torch.Tensor:
        """Return the weights as bits, int64 of shape (outputs, inputs): 1 for +1, 0 for −1."""
        return (self.latent >= 0).long()


class BinaryConv2d(nn.Module):
    """Convolution with weights of ±1, without bias (docs/numerics.md 8).

    The signs are those of real *latent* weights in [−1, 1], which training moves. The border is the smallest value
    that an input has: −1, or −(2^B − 1) in the first layer.

    Parameters
    ----------
    window
        What slides over the input.
    outputs
        Output channels M.
    generator
        Source of the initial latent weights, uniform in [−1, 1].
    """

    def __init__(self, window: Window, outputs: int, *, generator: torch.Generator) -> None:
        super().__init__()
        self.window = window
        shape = (outputs, window.source.channels, window.kernel, window.kernel)
        self.latent = nn.Parameter(torch.rand(shape, generator=generator) * 2 - 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return z, shape (batch, outputs, H', W'), for ``x`` of shape (batch, channels, H, W).

        Exact for integers in ``x`` as long as the sum of |x| in a window is less than 2^24 in float32.
        """
        window = self.window
        if window.padding:
            x = nn.functional.pad(x, (window.padding,) * 4, value=1.0 - 2**window.source.bits)
        return nn.functional.conv2d(x, sign(self.latent), stride=window.stride)

    @torch.no_grad()
    def clip(self) -> None:
        """Bring the latent weights back into [−1, 1]. Call after every step of the optimizer."""
        self.latent.clamp_(-1, 1)

    @torch.no_grad()
    def bits(self) -> torch.Tensor:
        """Return the weights as bits, int64 of shape (outputs, K² channels): 1 for +1, 0 for −1.

        Bit (iK + j) channels + c is that of channel c in row i and column j of the window.
        """
        return (self.latent >= 0).long().permute(0, 2, 3, 1).flatten(start_dim=1)
