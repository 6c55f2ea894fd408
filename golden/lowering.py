"""From a trained network to the integers of a Program."""

import importlib.metadata
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from hdl.config import CoreConfig, InputError, Layer
from hdl.program import Integers, Program

from .convolution import ConvolutionLayer
from .network import HiddenLayer, Network

__all__ = ["lower"]

Reals = npt.NDArray[np.float64]


@torch.no_grad()
def lower(network: Network, *, provenance: Mapping[str, str] | None = None) -> Program:
    """Fold ``network``, as it is in evaluation mode, into a Program (docs/numerics.md 2, 3 and 5).

    Everything is computed in float64. With s the unit of z, α̃ the scale (α kept, 1 dropped) and γ, β, μ, σ
    those of the batch norm, a neuron is γ (α̃ z / s − μ) / σ + β ≥ 0, that is, with κ = μ − β σ / γ,

    - z ≥ s κ / α̃ where γ > 0: θ = ⌈(s κ / α̃ + P_max) / 2⌉ on the agreement count;
    - z ≤ s κ / α̃ where γ < 0: not P ≥ ⌊(s κ / α̃ + P_max) / 2⌋ + 1, so `flip` is set;
    - constant where γ = 0: θ is 0 (always, β ≥ 0) or P_max + 1 (never),

    and θ is brought into 0 … P_max + 1, which changes no neuron ([derived], methods.md 1).

    With a residual P, P_max and z are those with what is added, so nothing changes; a convolution has one neuron
    for each channel.

    A logit g z / s + b becomes y = (gain · z + offset) >> shift in units of 2^−fraction: gain and offset are
    g / s and b times 2^(fraction + shift), rounded half up, with the largest shift of each class at which both
    fit. Where they do not even at shift 0, they saturate: such a logit is outside the range of y for all but
    the smallest z anyhow.

    Parameters
    ----------
    network
        Trained network; it carries its configuration.
    provenance
        Entries to keep in the Program beside the versions of the tools.

    Raises
    ------
    InputError
        A parameter or a statistic of the network is not finite.
    """
    for name, value in network.state_dict().items():
        if not torch.isfinite(value).all():
            raise InputError(f"{name} must be finite, not {value[~torch.isfinite(value)][0].item()!r}")
    config = network.config
    neurons = [_neurons(layer, module) for layer, module in zip(config.hidden_layers, _hidden(network), strict=True)]
    linears = [*(module.linear for module in _hidden(network)), network.output]
    gains, offsets, shifts = _correction(network, config)
    return Program(
        config=config,
        weights=tuple(linear.bits().numpy() for linear in linears),
        thresholds=tuple(thresholds for thresholds, _ in neurons),
        flips=tuple(flips for _, flips in neurons),
        gains=gains,
        offsets=offsets,
        shifts=shifts,
        codes=np.array(config.drop_codes, dtype=np.int64),
        seed=config.random.seed,
        provenance={**_versions(), **(provenance or {})},
    )


def _hidden(network: Network) -> list[ConvolutionLayer | HiddenLayer]:
    return [module for module in network.hidden if isinstance(module, ConvolutionLayer | HiddenLayer)]


def _neurons(layer: Layer, module: ConvolutionLayer | HiddenLayer) -> tuple[Integers, Integers]:
    """Return thresholds, shape (outputs, choices), and flips, shape (outputs,)."""
    norm = module.norm
    gamma, beta = _real(norm.weight), _real(norm.bias)
    sigma = np.sqrt(_real(norm.running_var) + norm.eps)
    constant = gamma == 0
    kappa = _real(norm.running_mean) - beta * sigma / np.where(constant, 1.0, gamma)
    scales = [np.ones_like(gamma)]
    if module.dropout is not None:
        scales.append(_real(module.dropout.scale))
    # The limit on P, shape (outputs, choices): dropped first, then kept.
    limit = (module.unit * kappa[:, None] / np.stack(scales, axis=1) + layer.count_max) / 2
    thresholds = np.where(gamma[:, None] > 0, np.ceil(limit), np.floor(limit) + 1)
    always = np.where(beta >= 0, 0.0, layer.threshold_max)
    thresholds = np.where(constant[:, None], always[:, None], thresholds)
    return np.clip(thresholds, 0, layer.threshold_max).astype(np.int64), (gamma < 0).astype(np.int64)


def _correction(network: Network, config: CoreConfig) -> tuple[Integers, Integers, Integers]:
    """Return gains, offsets and shifts, each of shape (classes,)."""
    logits = config.logits
    shifts = np.arange(logits.max_shift + 1)
    steps = 2.0 ** (logits.fraction + shifts)
    gains, gains_fit = _fixed(_real(network.gain)[:, None] / network.output_unit * steps, logits.gain_width)
    offsets, offsets_fit = _fixed(_real(network.bias)[:, None] * steps, logits.offset_width)
    # Zero where nothing fits, which is where the saturated values are the nearest.
    chosen = np.where(gains_fit & offsets_fit, shifts, 0).max(axis=1)
    classes = np.arange(len(chosen))
    return gains[classes, chosen], offsets[classes, chosen], chosen


def _fixed(values: Reals, width: int) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """Return ``values`` rounded half up and saturated to ``width`` signed bits, and where they fit."""
    rounded = np.floor(values + 1 / 2)
    clipped = np.clip(rounded, -(2 ** (width - 1)), 2 ** (width - 1) - 1)
    return clipped.astype(np.int64), clipped == rounded


def _real(tensor: torch.Tensor | nn.Parameter | None) -> Reals:
    if tensor is None:
        raise TypeError("batch norm must have its affine parameters and running statistics, not None")
    return tensor.detach().double().numpy()


def _versions() -> dict[str, str]:
    return {name: importlib.metadata.version(name) for name in ("numpy", "torch")}
