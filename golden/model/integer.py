"""Exact model of fixed weights, arranged for speed."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from hdl.contract import Program

from ..arrays import FixedArrays
from ..common import exact_dtype
from ..draws import Draws, pass_draws
from .correction import correct
from .folded import FoldedLayer, Scratch
from .folded_convolution import FoldedConvolution, Maps, batch_limit
from .model import Model
from .request import Request, checked
from .statistics import Statistics, statistics

__all__ = ["IntegerModel"]

#: Inputs computed at a time at most, so that activations stay in a processor's cache.
_BATCH = 512

#: Mask bits drawn at a time, as far as a batch allows.
_DRAWS = 1 << 18


class IntegerModel(Model):
    """Exact model of fixed weights, with shared passes.

    Values that no mask affects are computed once per input, and values that depend on l mask bits once for each of
    their values that occur, at most 2^l; the passes then only choose among the results.

    Parameters
    ----------
    program
        Integers of the core.
    device
        Where to compute.

    Raises
    ------
    InputError
        The weights of the Program are drawn.
    """

    def __init__(self, program: Program, device: str | torch.device = "cpu"):
        fixed = FixedArrays(program, device)
        super().__init__(program, fixed, device)
        hidden = list(zip(program.config.hidden_layers, program.weights, program.neurons, strict=False))
        self._convolutions = [FoldedConvolution(*each, self.device) for each in hidden if each[0].window is not None]
        self._hidden = [FoldedLayer(*each, self.device) for each in hidden if each[0].window is None]
        last = program.config.layers[-1]
        self._last = 2 * fixed.weights[-1].to(exact_dtype(last.count_max)) - 1

    def logits(
        self,
        pixels: Any,
        *,
        passes: int | None = None,
        first_pass: int = 0,
        masks: Any = None,
        draws: Draws | None = None,
        batch_size: int | None = None,
    ) -> Tensor:
        """Return the logits of every pass; see :meth:`Model.logits`."""
        request = checked(self.program.config, self.device, pixels, passes, first_pass, masks, draws, batch_size)
        logits = self._empty(len(request.pixels), request.passes)
        scratch = Scratch()
        for some, drawn in self._batches(request, batch_size):
            self._compute(request.pixels[some], drawn, logits[some], scratch)
        return logits

    def statistics(
        self,
        pixels: Any,
        *,
        passes: int | None = None,
        first_pass: int = 0,
        masks: Any = None,
        draws: Draws | None = None,
        batch_size: int | None = None,
    ) -> Statistics:
        """Return the statistics of the logits that :meth:`logits` returns for the same arguments, not keeping them."""
        request = checked(self.program.config, self.device, pixels, passes, first_pass, masks, draws, batch_size)
        parts, scratch = [], Scratch()
        for some, drawn in self._batches(request, batch_size):
            own = request.pixels[some]
            logits = self._empty(len(own), request.passes)
            self._compute(own, drawn, logits, scratch)
            parts.append(statistics(logits))
        return Statistics(
            **{
                field.name: torch.cat([getattr(part, field.name) for part in parts])
                for field in dataclasses.fields(Statistics)
            }
        )

    def _empty(self, inputs: int, passes: int) -> Tensor:
        """Return space for logits."""
        shape = (inputs, passes, self.program.config.network.classes)
        return torch.empty(shape, dtype=torch.int64, device=self.device)

    def _batches(self, request: Request, batch_size: int | None) -> Iterator[tuple[slice, Draws]]:
        """Yield the inputs of each batch, and their draws."""
        config, inputs, passes = self.program.config, len(request.pixels), request.passes
        size = batch_size or min(_BATCH, batch_limit(config.layers, passes) or _BATCH)
        # Many batches' draws at a time: short sequences cost as much as long ones.
        block = size * max(1, _DRAWS // (size * passes * max(config.stochastic.random_bits, 1)))
        for first in range(0, max(inputs, 1), block):
            count = min(block, inputs - first)
            drawn, offset = request.draws, first
            if drawn is None:
                done, offset = request.first_pass + first * passes, 0
                drawn = pass_draws(self.program, count, passes=passes, first_pass=done, device=self.device)
            for start in range(0, max(count, 1), size):
                stop = min(start + size, count)
                own = slice(offset + start, offset + stop)
                yield slice(first + start, first + stop), tuple(None if each is None else each[own] for each in drawn)

    def _compute(self, pixels: Tensor, draws: Draws, logits: Tensor, scratch: Scratch) -> None:
        """Fill ``logits`` (n, T, classes) from pixels (n, inputs) and the draws for each layer (n, T, …)."""
        n, passes, classes = logits.shape
        # A *case* is an input with its draws so far: number i 2^l + drawn bits, the first layer's highest.
        # Row r of the activations belongs to case r, or to case `cases[r]` once only those that occur are computed.
        # Draws of local units differ in each pass, so that every pass is a case then.
        wanted = torch.arange(n, device=self.device).unsqueeze(1).expand(n, passes)
        cases: Tensor | None = None
        rows, values, depth = wanted, pixels, 0
        if self._convolutions:
            values, cases, wanted, rows, depth = self._convolve(pixels, draws, wanted, scratch)
        for folded in self._hidden:
            layer, drawn = folded.layer, draws[folded.layer.index]
            if drawn is None:
                values = folded.fire(values, None, None, scratch)
                continue
            if layer.local is not None:
                own = drawn.flatten(end_dim=1).squeeze(1)
                values = folded.fire(values, rows.reshape(-1), own, scratch)
                cases, wanted = None, torch.arange(n * passes, device=self.device).view(n, passes)
                rows = wanted
                continue
            wanted, depth = (wanted << layer.mask_bits) + drawn, depth + layer.mask_bits
            if cases is None and 2**depth <= passes:
                fired = folded.fire_all(values, scratch)
                if fired is not None:
                    values, rows = fired, wanted
                    continue
            cases, rows, parents, chosen = _occurring(wanted, layer.mask_bits, cases)
            values = folded.fire(values, parents, chosen, scratch)
        last = self.program.config.layers[-1]
        drawn = draws[-1]
        if drawn is None:
            z = self._last_layer(values, None, None)
        else:
            cases, rows, parents, chosen = _occurring((wanted << last.mask_bits) + drawn, last.mask_bits, cases)
            z = self._last_layer(values, parents, chosen)
        corrected = self._correct(z)
        torch.index_select(corrected, 0, rows.reshape(-1), out=logits.view(-1, classes))

    def _last_layer(self, values: Tensor, parents: Tensor | None, drawn: Tensor | None) -> Tensor:
        """Return z of the last layer, int64 of shape (rows, classes), for rows as :meth:`FoldedLayer.fire` has them."""
        values = values.to(self._last.dtype)
        if drawn is None or parents is None:
            (signs,) = self._last
            return (2 * (values @ signs.T) - signs.sum(dim=1)).to(torch.int64)
        z = torch.empty((len(drawn), self._last.shape[1]), dtype=torch.int64, device=self.device)
        for index, signs in enumerate(self._last):
            (rows,) = (drawn == index).nonzero(as_tuple=True)
            z[rows] = (2 * (values[parents[rows]] @ signs.T) - signs.sum(dim=1)).to(torch.int64)
        return z

    def _convolve(
        self, pixels: Tensor, draws: Draws, wanted: Tensor, scratch: Scratch
    ) -> tuple[Tensor, Tensor | None, Tensor, Tensor, int]:
        """Return the flattened last map, shape (rows, features), its cases, the case and row of each pass, and depth.

        The depth is how many bits of a case were drawn.
        """
        source = self._convolutions[0].window.source
        shape = (-1, source.height, source.width, source.channels)
        maps, cases, rows = [Maps(pixels.to(torch.uint8).reshape(shape), None, 0)], None, wanted
        n, passes = wanted.shape
        for folded in self._convolutions:
            layer, drawn, bits = folded.layer, draws[folded.layer.index], folded.layer.mask_bits
            if layer.local is not None and drawn is not None:
                if maps[-1].cases is None:
                    bits = (passes - 1).bit_length()
                    wanted = (wanted << bits) + torch.arange(passes, device=self.device)
                cases, rows = wanted.reshape(-1), torch.arange(n * passes, device=self.device).view(n, passes)
                chosen = drawn.flatten(end_dim=1)
                if layer.local.drawings > 1 and layer.window is not None:
                    chosen = chosen.unflatten(1, (layer.window.height, layer.window.width))
                else:
                    chosen = chosen[:, :, None]
            elif drawn is not None:
                wanted = (wanted << bits) + drawn
                cases, rows = torch.unique(wanted, return_inverse=True)
                chosen = cases & (1 << bits) - 1
            else:
                chosen = None
            added = None if layer.skip is None else maps[layer.skip + 1]
            maps.append(folded.fire(maps[-1], added, cases if drawn is not None else None, bits, chosen, scratch))
        return maps[-1].values.flatten(start_dim=1), cases, wanted, rows, maps[-1].depth

    def _correct(self, z: Tensor) -> Tensor:
        program = self.program
        return correct(z, program.gains, program.offsets, program.shifts, program.config.logits)


def _occurring(wanted: Tensor, bits: int, before: Tensor | None) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the cases that occur in ``wanted``, increasing, the row of each element, and of each case parent and draw.

    The lowest ``bits`` of a case are the last draw; ``before`` are the cases of the rows that it was made for,
    None where row r belongs to case r.
    """
    cases, rows = torch.unique(wanted, return_inverse=True)
    parents = cases >> bits if before is None else torch.searchsorted(before, cases >> bits)
    return cases, rows, parents, cases & (1 << bits) - 1
