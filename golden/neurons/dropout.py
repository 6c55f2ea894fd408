"""Neurons with dropped activations."""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from hdl.config import Layer
from hdl.contract import Integers

from .arithmetic import Firing
from .real import RealNeurons
from .threshold import Threshold, ThresholdFiring, random_thresholds

__all__ = ["Dropout"]


class _DropoutFiring:
    """Folded comparisons, some of them dropped."""

    def __init__(self, layer: Layer, firing: ThresholdFiring):
        if layer.local is None:
            raise ValueError(f"layer must have local units, not {layer!r}")
        self._firing = firing
        self.turns = firing.turns
        # A square that is dropped as a whole may be dropped after pooling.
        self.pools_first = layer.local.drawings == 1

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        fired = self._firing(sums, None)
        return fired if draws is None else fired & draws.bool()


class Dropout:
    """Comparison with one threshold, then dropout.

    A dropped activation is 0.
    """

    def fire(self, layer: Layer, neurons: Mapping[str, Integers], counts: Tensor, draws: Tensor | None) -> Tensor:
        """Return activations; ``draws`` are 1 where one is kept, shape (batch, drawings, outputs)."""
        fired = Threshold().fire(layer, neurons, counts, None)
        return fired if draws is None else fired * draws.to(fired.dtype)

    def firing(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device) -> Firing:
        """Return the same arranged for speed."""
        return _DropoutFiring(layer, ThresholdFiring(layer, neurons, weights, device))

    def on_real(
        self, layer: Layer, neurons: Mapping[str, Integers], device: torch.device, dtype: torch.dtype
    ) -> RealNeurons | None:
        """Return None: bits of channels are not known on real z."""
        return None

    def random_neurons(self, layer: Layer, rng: np.random.Generator) -> dict[str, Integers]:
        """Return random thresholds and flips."""
        return random_thresholds(layer, rng)
