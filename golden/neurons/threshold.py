"""Neurons with thresholds (docs/numerics.md 3)."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.contract import Integers

from ..common import check_integers, exact_dtype
from .arithmetic import Firing
from .real import RealNeurons, per_branch

__all__ = ["Threshold", "ThresholdFiring", "ThresholdNeurons", "fire", "random_thresholds"]

#: How often a random threshold is one of the ends: a neuron that always, or never, fires.
_EXTREME = 0.05


def fire(counts: Any, thresholds: Any, flips: Any, mask: Any = None) -> Tensor:
    """Return the activations a = (P ≥ θ_m) XOR flip_m.

    Parameters
    ----------
    counts
        Weighted agreement counts P, shape (batch, outputs).
    thresholds
        θ per neuron and choice, shape (outputs, choices); of two, entry 0 is for a dropped and entry 1 for a
        kept scale.
    flips
        0 or 1, shape (outputs,), or (outputs, choices) where each choice has a polarity of its own.
    mask
        Value m of the mask bits of each element of the batch, shape (batch,), where there are several choices; None
        where there is one.

    Returns
    -------
    uint8 tensor of 0 and 1, shape (batch, outputs)

    Raises
    ------
    InputError
        A shape or a value is wrong, or the mask is missing or superfluous.
    """
    counts = check_integers("counts", counts, (None, None))
    batch, outputs = counts.shape
    thresholds = check_integers("thresholds", thresholds, (outputs, None), device=counts.device)
    choices = thresholds.shape[1]
    shape = (outputs,) if np.ndim(flips) == 1 else (outputs, choices)
    flips = check_integers("flips", flips, shape, 0, 1, counts.device)
    if (mask is not None) != (choices > 1):
        raise InputError(f"mask must be {'given' if choices > 1 else 'None'} for {choices} choices, not {mask!r}")
    chosen: int | Tensor = 0
    if mask is not None:
        chosen = check_integers("mask", mask, (batch,), 0, choices - 1, counts.device).to(torch.int64)
    polarities = flips if flips.ndim == 1 else flips.T[chosen]
    return (counts >= thresholds.T[chosen]).to(torch.uint8) ^ polarities.to(torch.uint8)


class ThresholdFiring:
    """Folded comparison, Σ w u ≥ limit.

    There is one limit for each choice and neuron. With weights w of ±1 and inputs u as they are, P = Σ w u + (2^B − 1)
    · (weights that are 0). The constant moves into the thresholds, and a flip negates the weights of its neuron: NOT (s
    ≥ θ) is −s ≥ 1 − θ.

    Parameters
    ----------
    layer
        The layer.
    neurons
        `thresholds`, shape (outputs, choices), and `flips`, shape (outputs,).
    weights
        0 or 1, shape (sets, outputs, inputs); there is one set, or one for each choice.
    device
        Where to compute.
    """

    pools_first = True

    def __init__(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device):
        flips = neurons["flips"]
        turns = 1 - 2 * flips
        dtype = exact_dtype(layer.threshold_max)
        self.turns = torch.as_tensor(turns, device=device)
        # Broadcasting over rows in memory order is ten times as fast.
        limits = flips + turns * _shifted(layer, neurons, weights)
        self.limits = torch.as_tensor(limits, device=device).to(dtype).contiguous()
        """Shape (choices, outputs)."""

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        """Return whether the neurons fire; ``draws`` are choices, shape (rows,)."""
        return sums >= self.chosen(sums, draws)

    def chosen(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        """Return the limits that are chosen, in a shape that goes with ``sums``."""
        if draws is None:
            return self.limits[0]
        return self.limits[draws.long()].view(len(draws), *[1] * (sums.ndim - 2), sums.shape[-1])


class _SetFiring:
    """Folded comparisons, one for each set of weights.

    Each set has its limit and its polarity.
    """

    # A polarity of its own in each set turns an OR into an AND.
    pools_first = False

    def __init__(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device):
        shifted = _shifted(layer, neurons, weights)
        self.turns = torch.ones(layer.outputs, dtype=torch.int64, device=device)
        self._limits = torch.as_tensor(shifted, device=device).to(exact_dtype(layer.threshold_max))
        self._flips = torch.as_tensor(neurons["flips"].T, device=device).to(torch.bool)

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        chosen = torch.zeros(1, dtype=torch.int64, device=sums.device) if draws is None else draws.long()
        shape = (len(chosen), *[1] * (sums.ndim - 2), sums.shape[-1])
        return (sums >= self._limits[chosen].view(shape)) ^ self._flips[chosen].view(shape)


def _shifted(layer: Layer, neurons: Mapping[str, Integers], weights: Integers) -> Integers:
    """Return the thresholds on Σ w u, shape (choices, outputs)."""
    return neurons["thresholds"].T - layer.plane_gain * (layer.inputs - weights.sum(axis=2))


class ThresholdNeurons:
    """Comparison with a threshold, of real pre-activations.

    (z ≥ 2θ − P_max) XOR flip: the comparison P ≥ θ (docs/numerics.md 3) of z = 2P − P_max.
    """

    def __init__(self, layer: Layer, neurons: Mapping[str, Integers], device: torch.device, dtype: torch.dtype):
        limits = 2 * torch.as_tensor(neurons["thresholds"], device=device).T - layer.count_max
        self._limits = limits.to(dtype).contiguous()
        self._flips = torch.as_tensor(neurons["flips"], device=device).bool()

    def fire(self, z: Tensor, choice: int | Tensor) -> Tensor:
        """Compare with the chosen thresholds."""
        return (z >= per_branch(self._limits, choice)) ^ self._flips


class Threshold:
    """Comparison with a threshold chosen by the mask."""

    def fire(self, layer: Layer, neurons: Mapping[str, Integers], counts: Tensor, draws: Tensor | None) -> Tensor:
        """Return whether P ≥ θ_m, or its negation where the polarity is 1; ``draws`` are values m, shape (batch,)."""
        mask = None if draws is None else draws.repeat_interleave(counts.shape[1])
        fired = fire(counts.reshape(-1, layer.outputs), neurons["thresholds"], neurons["flips"], mask)
        return fired.view(counts.shape)

    def firing(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device) -> Firing:
        """Return the same arranged for speed."""
        firing = ThresholdFiring if neurons["flips"].ndim == 1 else _SetFiring
        return firing(layer, neurons, weights, device)

    def on_real(
        self, layer: Layer, neurons: Mapping[str, Integers], device: torch.device, dtype: torch.dtype
    ) -> RealNeurons | None:
        """Return the comparison on real z; sets of weights are not known there."""
        return ThresholdNeurons(layer, neurons, device, dtype) if neurons["flips"].ndim == 1 else None

    def random_neurons(self, layer: Layer, rng: np.random.Generator) -> dict[str, Integers]:
        """Return thresholds as the counts are distributed, some at the ends, and fair polarities."""
        return random_thresholds(layer, rng)


def random_thresholds(layer: Layer, rng: np.random.Generator) -> dict[str, Integers]:
    """Return random thresholds and flips for ``layer``."""
    # A fair sum of N odd levels ±1 … ±(2^B − 1) has the variance N (4^B − 1) / 3, and P moves by half of z.
    spread = math.sqrt(layer.inputs * (4**layer.input_bits - 1) / 3 + layer.skip_gain**2) / 2
    shape = (layer.outputs, layer.choices)
    near = np.rint(rng.normal(layer.count_max / 2, spread, shape)).clip(0, layer.threshold_max).astype(np.int64)
    ends = rng.choice([0, layer.threshold_max], shape)
    members = {
        "thresholds": np.where(rng.random(shape) < _EXTREME, ends, near),
        "flips": rng.integers(0, 2, layer.outputs),
    }
    if any(member.name == "flips" and member.chosen for member in layer.neuron_fields):
        members["flips"] = rng.integers(0, 2, shape)
    return members
