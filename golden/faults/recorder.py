"""Recorder of the values of one pass."""

import torch
from torch import Tensor

from hdl.config import Layer

from ..model import Trace

__all__ = ["Recorder"]


class Recorder:
    """Recorder of the values of chips with faults.

    Intermediate values of one pass of each input on each of ``chips`` chips, layer by layer. All values have the shape
    (chips or 1, n, 1, positions, outputs).
    """

    def __init__(self, chips: int):
        self._chips = chips
        self._counts: list[Tensor] = []
        self._fired: list[Tensor] = []
        self._activations: list[Tensor] = []

    def sums(self, layer: Layer, z: Tensor) -> None:
        """Record the pre-activations of ``layer``."""
        self._counts.append(self._whole(layer, (z + layer.count_max) / 2))

    def outputs(self, layer: Layer, fired: Tensor, activations: Tensor) -> None:
        """Record the outputs of the neurons of hidden ``layer``, and the same pooled."""
        self._fired.append(self._whole(layer, fired.to(torch.uint8)))
        self._activations.append(self._whole(layer, activations))

    def trace(self, logits: Tensor) -> Trace:
        """Return the recorded trace, with ``logits`` of shape (chips, n, 1, classes)."""
        return Trace(
            counts=tuple(self._counts),
            fired=tuple(self._fired),
            activations=tuple(self._activations),
            logits=logits.squeeze(2).to(torch.int64),
        )

    def _whole(self, layer: Layer, values: Tensor) -> Tensor:
        """Return ``values`` in the shape of a trace, for every chip."""
        every = values.squeeze(2).expand(self._chips, -1, -1, -1)
        return every if layer.window is not None else every.squeeze(2)
