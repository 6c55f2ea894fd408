"""Meaning of the draws of local units (docs/numerics.md 4)."""

from collections.abc import Callable, Mapping

import torch
from torch import Tensor

from hdl.config import Layer, NeuronKind

__all__ = ["MEANINGS", "meaning", "popcount"]


def popcount(draws: Tensor, bits: int) -> Tensor:
    """Return how many of the lowest ``bits`` bits of each of ``draws`` are 1, uint8 of the same shape."""
    shifts = torch.arange(bits, device=draws.device)
    return (draws.unsqueeze(-1) >> shifts & 1).sum(dim=-1).to(torch.uint8)


def _kept(_layer: Layer, draws: Tensor, code: int) -> Tensor:
    """Return 0 (dropped) where the draw is less than the drop code of the layer, else 1 (kept)."""
    return (draws >= code).to(torch.uint8)


def _levels(layer: Layer, draws: Tensor, _code: int) -> Tensor:
    """Return how many of the lowest levels − 1 bits of each draw are 1."""
    return popcount(draws, layer.choices - 1)


#: What draws mean for a kind of neurons; None for a kind that draws nothing for its channels.
MEANINGS: Mapping[NeuronKind, Callable[[Layer, Tensor, int], Tensor] | None] = {
    NeuronKind.THRESHOLD: None,
    NeuronKind.DROPOUT: _kept,
    NeuronKind.SAMPLED: _levels,
    NeuronKind.MEAN: None,
}


def meaning(layer: Layer, draws: Tensor, code: int) -> Tensor:
    """Return what draws of the local units of ``layer`` mean.

    Parameters
    ----------
    layer
        The layer.
    draws
        Integers 0 to 2^k − 1.
    code
        Drop code of the layer, where it has one.

    Returns
    -------
    uint8 tensor of the shape of ``draws``: bits, 1 where a channel is kept, or levels
    """
    found = None if layer.neuron_kind is None else MEANINGS[layer.neuron_kind]
    if found is None:
        raise ValueError(f"layer must have neurons that draw for their channels, not {layer!r}")
    return found(layer, draws, code)
