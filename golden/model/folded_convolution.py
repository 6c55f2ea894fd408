"""Convolutions of the integer model, arranged for speed."""

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

from hdl.config import Layer
from hdl.contract import Integers

from ..common import largest, windows
from ..neurons import arithmetic_of
from .folded import Scratch, to_signs

__all__ = ["FoldedConvolution", "Maps", "batch_limit"]

#: Inputs of windows that are computed at a time, so that they stay in a processor's cache.
_WINDOW_INPUTS = 1 << 20

#: Activations of one layer that a batch may have.
_ACTIVATIONS = 1 << 26


class Maps:
    """Activations of one convolution, with their cases.

    Bits have the shape (rows, H, W, C). ``cases`` is None where row i belongs to input i, and else holds increasing
    numbers, whose bits from ``depth`` on are the input and the others the draws so far, the first layer's highest.
    """

    def __init__(self, values: Tensor, cases: Tensor | None, depth: int):
        self.values = values
        self.cases = cases
        self.depth = depth

    def rows_of(self, later: "Maps") -> Tensor:
        """Return, for each row of ``later``, the row here that has the same input and the same draws so far."""
        if later.cases is None:
            return torch.arange(len(later.values), device=later.values.device)
        cases = later.cases >> (later.depth - self.depth)
        return cases if self.cases is None else torch.searchsorted(self.cases, cases)


class FoldedConvolution:
    """A convolution as a matrix product and comparison.

    All windows are one matrix product; a maximum and one comparison per case follow. Folded as in
    :class:`FoldedLayer`; the gain of the residual changes its sign with the weights of its neuron. Where every
    neuron is s ≥ θ the OR of a square of comparisons is the comparison of the largest s, which is taken first then.
    """

    def __init__(
        self,
        layer: Layer,
        weights: Integers,
        neurons: Mapping[str, Integers],
        device: torch.device,
    ):
        if layer.window is None:
            raise ValueError(f"layer must have a window, not {layer!r}")
        self.layer = layer
        self.window = layer.window
        sets = weights.reshape(layer.sets, layer.outputs, layer.inputs)
        self._firing = arithmetic_of(layer).firing(layer, neurons, sets, device)
        self._signs = to_signs(layer, sets, self._firing.turns)
        self._gains = (layer.skip_gain * self._firing.turns).to(self._signs.dtype)
        self._rows = max(1, _WINDOW_INPUTS // (self.window.positions * self.window.inputs))

    def fire(
        self,
        before: Maps,
        added: Maps | None,
        cases: Tensor | None,
        bits: int,
        draws: Tensor | None,
        scratch: Scratch,
    ) -> Maps:
        """Return the activations of each of ``cases``, or of each row where there are no draws.

        Parameters
        ----------
        before
            Pixels or activations that the windows slide over.
        added
            Activations that are added; None where the layer has no residual.
        cases
            Wanted cases, increasing, ``bits`` more bits each than in ``before``; None where there are no draws.
        bits
            Bits of a case that are this layer's.
        draws
            Draws for each of ``cases``.
        scratch
            Memory to compute in.
        """
        pool = self.layer.pool
        shape = (self.window.height // pool, self.window.width // pool, self.layer.outputs)
        count = len(before.values) if cases is None else len(cases)
        fired = torch.empty((count, *shape), dtype=torch.bool, device=before.values.device)
        if cases is None or draws is None:
            for first, _, sums in self._sums(before, added, None, 0, scratch):
                fired[first : first + len(sums)] = self._fire(sums, None)
            return Maps(fired.view(torch.uint8), before.cases, before.depth)
        parents = cases >> bits if before.cases is None else torch.searchsorted(before.cases, cases >> bits)
        if self.layer.sets > 1:
            for index in range(self.layer.sets):
                (wanted,) = (draws == index).nonzero(as_tuple=True)
                for first, _, sums in self._sums(before, added, parents[wanted], index, scratch):
                    rows = wanted[first : first + len(sums)]
                    fired[rows] = self._fire(sums, draws[rows])
        else:
            for first, last, sums in self._sums(before, added, None, 0, scratch):
                low, high = torch.searchsorted(parents, torch.tensor([first, last], device=parents.device)).tolist()
                chosen = sums.index_select(0, parents[low:high] - first)
                fired[low:high] = self._fire(chosen, draws[low:high])
        return Maps(fired.view(torch.uint8), cases, before.depth + bits)

    def _fire(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        """Return pooled activations."""
        if self._firing.pools_first:
            return self._firing(largest(sums, self.layer.pool), draws)
        fired = self._firing(sums, draws)
        return largest(fired.to(torch.uint8), self.layer.pool).to(torch.bool)

    def _sums(
        self, before: Maps, added: Maps | None, chosen: Tensor | None, index: int, scratch: Scratch
    ) -> Iterator[tuple[int, int, Tensor]]:
        """Yield Σ w u + r a of some rows at a time, the first of them, and the one after the last.

        The rows are those of ``before``, or those of them that are ``chosen``; the weights those of set ``index``.
        """
        window, outputs = self.window, self.layer.outputs
        partners = None if added is None else added.rows_of(before)
        count = len(before.values) if chosen is None else len(chosen)
        for first in range(0, count, self._rows):
            some = slice(first, first + self._rows)
            values = before.values[some] if chosen is None else before.values[chosen[some]]
            rows = len(values) * window.positions
            inputs = scratch.take(self.layer.index, "inputs", (rows, window.inputs), self._signs)
            view = windows(window, values)
            inputs.view(view.shape).copy_(view)
            sums = scratch.take(self.layer.index, "sums", (rows, outputs), self._signs)
            torch.mm(inputs, self._signs[index].T, out=sums)
            maps = sums.view(len(values), window.height, window.width, outputs)
            if added is not None and partners is not None:
                own = partners[some] if chosen is None else partners[chosen[some]]
                maps.addcmul_(added.values.index_select(0, own).to(maps.dtype), self._gains)
            yield first, first + len(values), maps


def batch_limit(layers: tuple[Layer, ...], passes: int) -> int | None:
    """Return how many inputs to compute at a time, so that memory is bounded; None where there is no convolution."""
    sizes, bits = [], 0
    for layer in layers:
        bits += layer.mask_bits
        if layer.window is not None:
            cases = passes if layer.local is not None else min(1 << min(bits, passes), passes)
            # Draws of each position are kept before pooling.
            size = layer.outputs * layer.vectors if layer.local is not None else 0
            sizes.append(max(size, layer.map.size if layer.map is not None else 0) * cases)
    return max(1, _ACTIVATIONS // max(sizes)) if sizes else None
