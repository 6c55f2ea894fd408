"""Neurons with drawn thresholds."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from hdl.config import Layer
from hdl.contract import Integers

from .arithmetic import Firing
from .real import RealNeurons
from .threshold import ThresholdFiring, random_thresholds

__all__ = ["Sampled"]


class _SampledFiring:
    """Folded comparisons with the limits of levels."""

    pools_first = True

    def __init__(self, firing: ThresholdFiring):
        self.turns = firing.turns
        self._limits = firing.limits

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        if draws is None:
            raise ValueError("draws must be levels, not None")
        limits = self._limits.gather(0, draws.long().view(-1, draws.shape[-1]))
        return sums >= limits.view(draws.shape)


class Sampled:
    """Comparison with the threshold of a drawn level.

    Each neuron draws its level.
    """

    def fire(self, layer: Layer, neurons: Mapping[str, Integers], counts: Tensor, draws: Tensor | None) -> Tensor:
        """Return activations; ``draws`` are levels, shape (batch, 1, outputs)."""
        if draws is None:
            raise ValueError("draws must be levels, not None")
        thresholds = neurons["thresholds"][np.arange(layer.outputs), draws.cpu().numpy()]
        fired = counts >= torch.as_tensor(thresholds, device=counts.device)
        return fired.to(torch.uint8) ^ torch.as_tensor(neurons["flips"], device=counts.device).to(torch.uint8)

    def firing(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device) -> Firing:
        """Return the same arranged for speed."""
        return _SampledFiring(ThresholdFiring(layer, neurons, weights, device))

    def on_real(
        self, layer: Layer, neurons: Mapping[str, Integers], device: torch.device, dtype: torch.dtype
    ) -> RealNeurons | None:
        """Return None: levels of channels are not known on real z."""
        return None

    def random_neurons(self, layer: Layer, rng: np.random.Generator) -> dict[str, Integers]:
        """Return random thresholds of each level, and flips."""
        return random_thresholds(layer, rng)
