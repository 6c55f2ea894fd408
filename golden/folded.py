"""Hidden layers of the integer model, arranged for speed."""

import math

import torch
from torch import Tensor

from hdl.config import Layer
from hdl.program import Integers

from .crossbar import exact_dtype

__all__ = ["FoldedLayer", "Scratch", "fold"]


class Scratch:
    """Memory that every batch writes again: touching fresh pages takes longer than the arithmetic."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], Tensor] = {}

    def take(self, layer: int, name: str, shape: tuple[int, int], like: Tensor) -> Tensor:
        """Return a tensor for ``name`` in ``layer``, of the type of ``like``; what it holds is not defined."""
        size = math.prod(shape)
        held = self._held.get((layer, name))
        if held is None or len(held) < size:
            held = self._held[layer, name] = like.new_empty(size)
        return held[:size].view(shape)


def fold(
    layer: Layer, weights: Integers, thresholds: Integers, flips: Integers, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return signs ±1, shape (outputs, inputs), and limits, shape (choices, outputs): a neuron is Σ sign u ≥ limit.

    With weights w of ±1 and inputs u as they are, P = Σ w u + (2^B − 1) · (weights that are 0). The constant moves into
    the thresholds, and a flip turns the weights of its neuron: NOT (s ≥ θ) is −s ≥ 1 − θ.
    """
    zeros = layer.inputs - weights.sum(axis=1)
    shifted = thresholds.T - layer.plane_gain * zeros
    dtype = exact_dtype(layer.threshold_max)
    signs = torch.as_tensor((2 * weights - 1) * (1 - 2 * flips)[:, None], device=device).to(dtype)
    limits = flips + (1 - 2 * flips) * shifted
    # Broadcasting over rows in memory order is ten times as fast.
    return signs, torch.as_tensor(limits, device=device).to(dtype).contiguous()


class FoldedLayer:
    """A hidden layer as one matrix product and one comparison per choice."""

    def __init__(self, layer: Layer, weights: Integers, thresholds: Integers, flips: Integers, device: torch.device):
        self.index = layer.index
        self.choices = layer.choices
        self._signs, self._limits = fold(layer, weights, thresholds, flips, device)

    def sums(self, values: Tensor, scratch: Scratch) -> Tensor:
        """Return Σ w u, shape (rows, outputs), for ``values`` of shape (rows, inputs)."""
        rows, inputs = values.shape
        if values.dtype != self._signs.dtype:
            values = scratch.take(self.index, "values", (rows, inputs), self._signs).copy_(values)
        sums = scratch.take(self.index, "sums", (rows, len(self._signs)), self._signs)
        return torch.mm(values, self._signs.T, out=sums)

    def fire(self, sums: Tensor) -> Tensor:
        """Turn ``sums`` into activations 0 and 1 for the only choice, shape (rows, outputs)."""
        return torch.ge(sums, self._limits[0], out=sums)

    def fire_all(self, sums: Tensor, scratch: Scratch) -> Tensor:
        """Return activations for both choices of each row, shape (2 rows, outputs)."""
        rows, outputs = sums.shape
        fired = scratch.take(self.index, "fired", (rows * self.choices, outputs), sums)
        torch.ge(sums.unsqueeze(1), self._limits, out=fired.view(rows, self.choices, outputs))
        return fired

    def fire_each(self, sums: Tensor, rows: Tensor, choices: Tensor, scratch: Scratch) -> Tensor:
        """Return activations for pairs of a row of ``sums`` and a choice, shape (pairs, outputs)."""
        fired = scratch.take(self.index, "fired", (len(rows), sums.shape[1]), sums)
        torch.index_select(sums, 0, rows, out=fired)
        return torch.ge(fired, self._limits[choices], out=fired)
