"""The integer model: every bit of the core, for many inputs and passes at once (docs/numerics.md)."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.program import Program

from . import crossbar, neuron, stochastic_unit
from .checks import check_integer, check_integers
from .correction import correct
from .folded import FoldedLayer, Scratch
from .folded_convolution import FoldedConvolution, Maps, batch_limit
from .statistics import Statistics, statistics
from .windows import largest, windows

__all__ = ["IntegerModel", "Trace"]

#: Inputs computed at a time at most, so that activations stay in a processor's cache.
_BATCH = 512

#: Mask bits drawn at a time, as far as a batch allows.
_DRAWS = 1 << 18


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """Everything that one pass computes, for debugging."""

    counts: tuple[Tensor, ...]
    """Weighted agreement counts P of each layer, int64, shape (batch, outputs).

    Of a convolution with what is added by a residual, before pooling, shape (batch, positions, outputs), the
    positions row by row from the top left.
    """

    activations: tuple[Tensor, ...]
    """Outputs of each hidden layer, uint8, shape (batch, outputs).

    Of a convolution as they are passed on, pooled, shape (batch, positions, outputs).
    """

    logits: Tensor
    """Corrected logits, int64, shape (batch, classes)."""


class IntegerModel:
    """Exact model of the core that is loaded with ``program``.

    What no mask touches is computed once per input, and what depends on l mask bits once for each of their
    values that occur, at most 2^l; the passes then only choose among the results.

    Parameters
    ----------
    program
        Integers of the core.
    device
        Where to compute.
    """

    def __init__(self, program: Program, device: str | torch.device = "cpu"):
        self.program = program
        self.device = torch.device(device)
        hidden = list(
            zip(program.config.hidden_layers, program.weights, program.thresholds, program.flips, strict=False)
        )
        self._convolutions = [FoldedConvolution(*each, self.device) for each in hidden if each[0].window is not None]
        self._hidden = [FoldedLayer(*each, self.device) for each in hidden if each[0].window is None]
        self._weights = [torch.as_tensor(weights, device=self.device) for weights in program.weights]
        last = program.config.layers[-1]
        dtype = crossbar.exact_dtype(last.count_max)
        self._last = 2 * self._weights[-1].to(dtype) - 1

    def logits(
        self,
        pixels: Any,
        *,
        passes: int | None = None,
        first_draw: int = 0,
        masks: Any = None,
        batch_size: int | None = None,
    ) -> Tensor:
        """Return the logits of every pass.

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        passes
            Monte-Carlo passes T, by default those of the configuration.
        first_draw
            Draws made since the seed was loaded. Pass t of input i alone is ``first_draw=(i * T + t) * L``,
            ``passes=1``.
        masks
            Mask bits to use instead of those of the stochastic unit, shape (n, T, L), for any T.
        batch_size
            Inputs computed at a time. Changes no bit.

        Returns
        -------
        int64 tensor, shape (n, T, classes)

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range.
        """
        pixels, batches, passes = self._batches(pixels, passes, first_draw, masks, batch_size)
        logits = torch.empty(
            (len(pixels), passes, self.program.config.network.classes), dtype=torch.int64, device=self.device
        )
        scratch = Scratch()
        for start, bits in batches:
            self._compute(pixels[start : start + len(bits)], bits, logits[start : start + len(bits)], scratch)
        return logits

    def statistics(
        self,
        pixels: Any,
        *,
        passes: int | None = None,
        first_draw: int = 0,
        masks: Any = None,
        batch_size: int | None = None,
    ) -> Statistics:
        """Return the statistics of the logits that :meth:`logits` returns for the same arguments, not keeping them."""
        pixels, batches, passes = self._batches(pixels, passes, first_draw, masks, batch_size)
        classes = self.program.config.network.classes
        parts, scratch = [], Scratch()
        for start, bits in batches:
            logits = torch.empty((len(bits), passes, classes), dtype=torch.int64, device=self.device)
            self._compute(pixels[start : start + len(bits)], bits, logits, scratch)
            parts.append(statistics(logits))
        return Statistics(
            **{
                field.name: torch.cat([getattr(part, field.name) for part in parts])
                for field in dataclasses.fields(Statistics)
            }
        )

    def trace(self, pixels: Any, masks: Any) -> Trace:
        """Return all intermediate values of one pass per input, layer by layer and sharing nothing.

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        masks
            Mask bits, shape (n, L).

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range.
        """
        config = self.program.config
        values = check_integers("pixels", pixels, (None, config.network.inputs), device=self.device)
        masks = check_integers("masks", masks, (len(values), config.mask_width), 0, 1, self.device)
        counts: list[Tensor] = []
        activations: list[Tensor] = []
        for layer in config.layers:
            counts.append(self._counts(layer, values, activations))
            if layer is not config.layers[-1]:
                values = self._activations(layer, counts[-1], masks)
                activations.append(values)
        z = 2 * counts[-1] - config.layers[-1].count_max
        return Trace(counts=tuple(counts), activations=tuple(activations), logits=self._correct(z))

    def _counts(self, layer: Layer, values: Tensor, activations: list[Tensor]) -> Tensor:
        """Return the counts of ``layer`` as :class:`Trace` has them; ``activations`` are those of all layers before."""
        weights = self._weights[layer.index]
        if layer.window is None:
            return crossbar.counts(layer, values.flatten(start_dim=1), weights)
        source = layer.window.source
        seen = windows(layer.window, values.reshape(-1, source.height, source.width, source.channels))
        # The windows of an image are many times as large as the image.
        counts = [crossbar.counts(layer, each.reshape(-1, layer.inputs), weights) for each in seen.split(1)]
        whole = torch.cat(counts).view(len(values), layer.vectors, layer.outputs)
        return whole if layer.skip is None else whole + layer.skip_gain * activations[layer.skip].to(torch.int64)

    def _activations(self, layer: Layer, counts: Tensor, masks: Tensor) -> Tensor:
        thresholds, flips = self.program.thresholds[layer.index], self.program.flips[layer.index]
        mask = masks[:, layer.index].repeat_interleave(layer.vectors) if layer.choices > 1 else None
        fired = neuron.fire(counts.reshape(-1, layer.outputs), thresholds, flips, mask)
        if layer.window is None:
            return fired
        maps = fired.view(-1, layer.window.height, layer.window.width, layer.outputs)
        return largest(maps, layer.pool).flatten(start_dim=1, end_dim=2)

    def _batches(
        self, pixels: Any, passes: int | None, first_draw: int, masks: Any, batch_size: int | None
    ) -> tuple[Tensor, Iterator[tuple[int, Tensor]], int]:
        """Check the arguments of :meth:`logits`; return pixels, masks by batch with its first input, and passes."""
        config, program = self.program.config, self.program
        inputs, width = config.network.inputs, config.mask_width
        pixels = check_integers("pixels", pixels, (None, inputs), 0, config.layers[0].plane_gain, self.device)
        if batch_size is not None:
            check_integer("batch_size", batch_size, 1)
        check_integer("first_draw", first_draw, 0)
        if masks is not None:
            given = check_integers("masks", masks, (len(pixels), passes, width), 0, 1, self.device)
            count = given.shape[1]
            if not count:
                raise InputError("masks must have at least 1 pass, not 0")
        else:
            given = None
            count = config.bayes.passes if passes is None else passes
            check_integer("passes", count, 1, config.bayes.max_passes)
        size = batch_size or min(_BATCH, batch_limit(config.layers, count) or _BATCH)

        def batches() -> Iterator[tuple[int, Tensor]]:
            # Many batches' draws at a time: short sequences cost as much as long ones.
            block = size * max(1, _DRAWS // (size * count * max(width, 1)))
            for first in range(0, max(len(pixels), 1), block):
                inputs = min(block, len(pixels) - first)
                if given is None:
                    drawn = first_draw + first * count * width
                    bits = stochastic_unit.masks(
                        config,
                        program.codes,
                        program.seed,
                        inputs,
                        passes=count,
                        first_draw=drawn,
                        device=self.device,
                    )
                else:
                    bits = given[first : first + inputs]
                yield from zip(range(first, first + max(inputs, 1), size), bits.split(size), strict=True)

        return pixels, batches(), count

    def _compute(self, pixels: Tensor, masks: Tensor, logits: Tensor, scratch: Scratch) -> None:
        """Fill ``logits`` (n, T, classes) from pixels (n, inputs) and mask bits (n, T, L)."""
        n, passes, _ = masks.shape
        # A *case* is an input with values of the mask bits so far: number i 2^l + bits, the first bit highest.
        # Row r of the activations belongs to case r, or to case `cases[r]` once only those that occur are computed.
        wanted = torch.arange(n, device=self.device).unsqueeze(1).expand(n, passes)
        cases = None
        rows = wanted
        values = pixels
        if self._convolutions:
            values, cases, wanted, rows = self._convolve(pixels, masks, wanted, scratch)
        for layer in self._hidden:
            sums = layer.sums(values, scratch)
            if layer.choices == 1:
                values = layer.fire(sums)
                continue
            wanted = 2 * wanted + masks[:, :, layer.index]
            if cases is None and 2 ** (layer.index + 1) <= passes:
                values = layer.fire_all(sums, scratch)
                rows = wanted
                continue
            before = cases
            cases, rows = torch.unique(wanted, return_inverse=True)
            parents = cases >> 1 if before is None else torch.searchsorted(before, cases >> 1)
            values = layer.fire_each(sums, parents, cases & 1, scratch)
        z = 2 * (values.to(self._last.dtype) @ self._last.T) - self._last.sum(dim=1)
        corrected = self._correct(z.to(torch.int64))
        torch.index_select(corrected, 0, rows.reshape(-1), out=logits.view(-1, logits.shape[2]))

    def _convolve(
        self, pixels: Tensor, masks: Tensor, wanted: Tensor, scratch: Scratch
    ) -> tuple[Tensor, Tensor | None, Tensor, Tensor]:
        """Return the flattened last map, shape (rows, features), its cases, and the case and row of each pass."""
        source = self._convolutions[0].window.source
        shape = (-1, source.height, source.width, source.channels)
        maps, cases, rows = [Maps(pixels.to(torch.uint8).reshape(shape), None, 0)], None, wanted
        for layer in self._convolutions:
            if layer.choices > 1:
                wanted = 2 * wanted + masks[:, :, layer.index]
                cases, rows = torch.unique(wanted, return_inverse=True)
            added = None if layer.skip is None else maps[layer.skip + 1]
            maps.append(layer.fire(maps[-1], added, cases, scratch))
        return maps[-1].values.flatten(start_dim=1), cases, wanted, rows

    def _correct(self, z: Tensor) -> Tensor:
        program = self.program
        return correct(z, program.gains, program.offsets, program.shifts, program.config.logits)
