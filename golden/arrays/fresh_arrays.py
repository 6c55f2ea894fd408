"""Naive reference: every weight drawn in every read."""

from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor

from hdl.config import Layer

from ..common import exact_dtype
from .arrays import Arrays, Sweeps
from .probabilities import check_probabilities

__all__ = ["FreshArrays", "WeightSource", "bernoulli_source"]

#: Weights of a layer in some sweeps: a function of layer and number of sweeps, bool of shape (sweeps, outputs, inputs).
WeightSource = Callable[[Layer, int], Tensor]

#: Weights that are drawn at a time, so that they stay in a processor's cache.
_WEIGHTS = 1 << 21


class FreshArrays(Arrays):
    """Arrays with new weights from ``source`` in each sweep.

    For :class:`golden.model.Model`. The numbers of sweeps are ignored: a draw depends on the draws before.
    """

    def __init__(self, source: WeightSource):
        self._source = source

    def counts(self, layer: Layer, sweeps: Sweeps) -> Tensor:
        """Return the agreements of the bits with weights that are drawn for each sweep."""
        parts = sweeps.bits.split(max(1, _WEIGHTS // (layer.inputs * layer.outputs)))
        return torch.cat([self._agreements(layer, part) for part in parts])

    def _agreements(self, layer: Layer, bits: Tensor) -> Tensor:
        dtype = exact_dtype(layer.inputs)
        signs = 2 * self._source(layer, len(bits)).to(dtype) - 1
        z = torch.bmm(signs, 2 * bits.to(dtype).unsqueeze(2) - 1).squeeze(2)
        return z.to(torch.int64) + layer.inputs >> 1


def bernoulli_source(layers: Sequence[Layer], probabilities: Sequence[Tensor], generator: Generator) -> WeightSource:
    """Return a source that draws from the probabilities of one chip, each of shape (1, outputs, inputs).

    Raises
    ------
    InputError
        A probability is not between 0 and 1, or a shape is wrong.
    """
    check_probabilities(layers, probabilities)
    held = [p.float() for p in probabilities]

    def draw(layer: Layer, sweeps: int) -> Tensor:
        p = held[layer.index]
        return torch.rand((sweeps, *p.shape[1:]), generator=generator, device=p.device) < p

    return draw
