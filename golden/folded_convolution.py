"""Convolutions of the integer model, arranged for speed."""

from collections.abc import Iterator

import torch
from torch import Tensor

from hdl.config import Layer
from hdl.program import Integers

from .folded import Scratch, fold
from .windows import largest, windows

__all__ = ["FoldedConvolution", "Maps", "batch_limit"]

#: Inputs of windows that are computed at a time, so that they stay in a processor's cache.
_WINDOW_INPUTS = 1 << 20

#: Activations of one layer that a batch may have.
_ACTIVATIONS = 1 << 26


class Maps:
    """Activations of one convolution: bits of shape (rows, H, W, C), and the case of each row.

    ``cases`` is None where row i belongs to input i, and else holds increasing numbers, whose bits from ``depth`` on
    are the input and the others the values of the mask bits so far, the first one highest.
    """

    def __init__(self, values: Tensor, cases: Tensor | None, depth: int):
        self.values = values
        self.cases = cases
        self.depth = depth

    def rows_of(self, later: "Maps") -> Tensor:
        """Return, for each row of ``later``, the row here that has the same input and the same mask bits so far."""
        if later.cases is None:
            return torch.arange(len(later.values), device=later.values.device)
        cases = later.cases >> (later.depth - self.depth)
        return cases if self.cases is None else torch.searchsorted(self.cases, cases)


class FoldedConvolution:
    """A convolution as one matrix product of all windows, a maximum, and one comparison per case.

    Folded as in :class:`FoldedLayer`, also the gain of the residual turns with the weights of its neuron. Then every
    neuron is s ≥ θ, and the OR of a square of comparisons is the comparison of the largest s.
    """

    def __init__(self, layer: Layer, weights: Integers, thresholds: Integers, flips: Integers, device: torch.device):
        if layer.window is None:
            raise ValueError(f"layer must have a window, not {layer!r}")
        self.index = layer.index
        self.choices = layer.choices
        self.skip = layer.skip
        self.window = layer.window
        self.pool = layer.pool
        self._signs, self._limits = fold(layer, weights, thresholds, flips, device)
        self._gains = torch.as_tensor(layer.skip_gain * (1 - 2 * flips), device=device).to(self._signs.dtype)
        self._rows = max(1, _WINDOW_INPUTS // (self.window.positions * self.window.inputs))

    def fire(self, before: Maps, added: Maps | None, cases: Tensor | None, scratch: Scratch) -> Maps:
        """Return the activations of each of ``cases``, or of each row where there is one choice.

        Parameters
        ----------
        before
            Pixels or activations that the windows slide over.
        added
            Activations that are added; None where the layer has no residual.
        cases
            Wanted cases, increasing, one more mask bit each than in ``before``; None where there is one choice.
        scratch
            Memory to compute in.
        """
        window = self.window
        shape = (window.height // self.pool, window.width // self.pool, len(self._signs))
        count = len(before.values) if cases is None else len(cases)
        fired = torch.empty((count, *shape), dtype=torch.bool, device=before.values.device)
        parents = None
        if cases is not None:
            parents = cases >> 1 if before.cases is None else torch.searchsorted(before.cases, cases >> 1)
        for first, sums in self._sums(before, added, scratch):
            if cases is None or parents is None:
                torch.ge(sums, self._limits[0], out=fired[first : first + len(sums)])
                continue
            low, high = torch.searchsorted(parents, torch.tensor([first, first + len(sums)], device=parents.device))
            chosen = sums.index_select(0, parents[low:high] - first)
            torch.ge(chosen, self._limits[cases[low:high] & 1][:, None, None], out=fired[low:high])
        return Maps(fired.view(torch.uint8), cases, before.depth + (cases is not None))

    def _sums(self, before: Maps, added: Maps | None, scratch: Scratch) -> Iterator[tuple[int, Tensor]]:
        """Yield, some rows at a time, the first row and the largest Σ w u + r a of each square and channel."""
        window, outputs = self.window, len(self._signs)
        partners = None if added is None else added.rows_of(before)
        for first in range(0, len(before.values), self._rows):
            values = before.values[first : first + self._rows]
            rows = len(values) * window.positions
            inputs = scratch.take(self.index, "inputs", (rows, window.inputs), self._signs)
            view = windows(window, values)
            inputs.view(view.shape).copy_(view)
            sums = scratch.take(self.index, "sums", (rows, outputs), self._signs)
            torch.mm(inputs, self._signs.T, out=sums)
            maps = sums.view(len(values), window.height, window.width, outputs)
            if added is not None and partners is not None:
                chosen = added.values.index_select(0, partners[first : first + len(values)])
                maps.addcmul_(chosen.to(maps.dtype), self._gains)
            yield first, largest(maps, self.pool)


def batch_limit(layers: tuple[Layer, ...], passes: int) -> int | None:
    """Return how many inputs to compute at a time, so that memory is bounded; None where there is no convolution."""
    sizes = [
        layer.map.size * min(2 ** (layer.index + 1) if layer.choices > 1 else 1, passes)
        for layer in layers
        if layer.map is not None
    ]
    return max(1, _ACTIVATIONS // max(sizes)) if sizes else None
