"""Batch norm and its thresholds."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from hdl.config import Layer
from hdl.contract import Integers

__all__ = ["BatchNorm", "limits", "to_reals"]

Reals = npt.NDArray[np.float64]


def BatchNorm(layer: Layer) -> nn.BatchNorm1d | nn.BatchNorm2d:  # noqa: N802
    """Return a batch norm over the channels of ``layer``."""
    return nn.BatchNorm1d(layer.outputs) if layer.window is None else nn.BatchNorm2d(layer.outputs)


def limits(
    layer: Layer, norm: nn.BatchNorm1d | nn.BatchNorm2d, scales: Sequence[Reals | float], unit: float
) -> dict[str, Integers]:
    """Return ``thresholds``, shape (outputs, scales), and ``flips``, shape (outputs,), of γ (α z / s − μ) / σ + β ≥ 0.

    With κ = μ − β σ / γ that is

    - z ≥ s κ / α where γ > 0: θ = ⌈(s κ / α + P_max) / 2⌉ on the agreement count;
    - z ≤ s κ / α where γ < 0: not P ≥ ⌊(s κ / α + P_max) / 2⌋ + 1, so `flip` is set;
    - constant where γ = 0: θ is 0 (always, β ≥ 0) or P_max + 1 (never),

    and θ is clipped to 0 … P_max + 1, which changes no neuron ([derived], methods.md 1).

    Parameters
    ----------
    layer
        The layer.
    norm
        Its γ, β, μ and σ.
    scales
        α, greater than 0, each of shape (outputs,) or one number.
    unit
        s.
    """
    gamma, beta = to_reals(norm.weight), to_reals(norm.bias)
    sigma = np.sqrt(to_reals(norm.running_var) + norm.eps)
    constant = gamma == 0
    kappa = to_reals(norm.running_mean) - beta * sigma / np.where(constant, 1.0, gamma)
    alpha = np.stack([np.broadcast_to(scale, gamma.shape) for scale in scales], axis=1)
    limit = (unit * kappa[:, None] / alpha + layer.count_max) / 2
    thresholds = np.where(gamma[:, None] > 0, np.ceil(limit), np.floor(limit) + 1)
    always = np.where(beta >= 0, 0.0, layer.threshold_max)
    thresholds = np.where(constant[:, None], always[:, None], thresholds)
    return {
        "thresholds": np.clip(thresholds, 0, layer.threshold_max).astype(np.int64),
        "flips": (gamma < 0).astype(np.int64),
    }


def to_reals(tensor: torch.Tensor | nn.Parameter | None) -> Reals:
    """Return ``tensor`` in float64."""
    if tensor is None:
        raise TypeError("batch norm must have its affine parameters and running statistics, not None")
    return tensor.detach().double().numpy()
