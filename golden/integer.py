"""The integer model: every bit of the core, for many inputs and passes at once (docs/numerics.md)."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.program import Integers, Program

from . import crossbar, neuron, stochastic_unit
from .checks import check_integer, check_integers
from .correction import correct
from .statistics import Statistics, statistics

__all__ = ["IntegerModel", "Trace"]

#: Inputs computed at a time, so that activations stay in a processor's cache.
_BATCH = 512


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """Everything that one pass computes, for debugging."""

    counts: tuple[Tensor, ...]
    """Weighted agreement counts P of each layer, int64, shape (batch, outputs)."""

    activations: tuple[Tensor, ...]
    """Outputs of each hidden layer, uint8, shape (batch, outputs)."""

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
        self._hidden = [
            _Folded(layer, weights, thresholds, flips, self.device)
            for layer, weights, thresholds, flips in zip(
                program.config.hidden_layers, program.weights, program.thresholds, program.flips, strict=False
            )
        ]
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
        for start, bits in batches:
            self._compute(pixels[start : start + len(bits)], bits, logits[start : start + len(bits)])
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
        parts = []
        for start, bits in batches:
            logits = torch.empty((len(bits), passes, classes), dtype=torch.int64, device=self.device)
            self._compute(pixels[start : start + len(bits)], bits, logits)
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
        program, config = self.program, self.program.config
        values = check_integers("pixels", pixels, (None, config.network.inputs), device=self.device)
        masks = check_integers("masks", masks, (len(values), config.mask_width), 0, 1, self.device)
        counts, activations = [], []
        for layer, weights in zip(config.layers, self._weights, strict=True):
            counts.append(crossbar.counts(layer, values, weights))
            if layer is not config.layers[-1]:
                mask = masks[:, layer.index] if layer.choices > 1 else None
                values = neuron.fire(counts[-1], program.thresholds[layer.index], program.flips[layer.index], mask)
                activations.append(values)
        z = 2 * counts[-1] - config.layers[-1].count_max
        return Trace(counts=tuple(counts), activations=tuple(activations), logits=self._correct(z))

    def _batches(
        self, pixels: Any, passes: int | None, first_draw: int, masks: Any, batch_size: int | None
    ) -> tuple[Tensor, Iterator[tuple[int, Tensor]], int]:
        """Check the arguments of :meth:`logits`; return pixels, masks by batch with its first input, and passes."""
        config, program = self.program.config, self.program
        inputs, width = config.network.inputs, config.mask_width
        pixels = check_integers("pixels", pixels, (None, inputs), 0, config.layers[0].plane_gain, self.device)
        size = _BATCH if batch_size is None else check_integer("batch_size", batch_size, 1)
        check_integer("first_draw", first_draw, 0)
        starts = range(0, max(len(pixels), 1), size)
        if masks is not None:
            given = check_integers("masks", masks, (len(pixels), passes, width), 0, 1, self.device)
            if not given.shape[1]:
                raise InputError("masks must have at least 1 pass, not 0")
            return pixels, ((start, given[start : start + size]) for start in starts), given.shape[1]
        count = config.bayes.passes if passes is None else passes
        check_integer("passes", count, 1, config.bayes.max_passes)

        def draw(start: int) -> Tensor:
            return stochastic_unit.masks(
                config,
                program.codes,
                program.seed,
                min(size, len(pixels) - start),
                passes=count,
                first_draw=first_draw + start * count * width,
                device=self.device,
            )

        return pixels, ((start, draw(start)) for start in starts), count

    def _compute(self, pixels: Tensor, masks: Tensor, logits: Tensor) -> None:
        """Fill ``logits`` (n, T, classes) from pixels (n, inputs) and mask bits (n, T, L)."""
        n, passes, _ = masks.shape
        # A *case* is an input with values of the mask bits so far: number i 2^l + bits, the first bit highest.
        # Row r of the activations belongs to case r, or to case `cases[r]` once only those that occur are computed.
        wanted = torch.arange(n, device=self.device).unsqueeze(1).expand(n, passes)
        cases = None
        rows = wanted
        values = pixels
        for layer in self._hidden:
            sums = layer.sums(values)
            if layer.choices == 1:
                values = layer.fire(sums)
                continue
            wanted = 2 * wanted + masks[:, :, layer.index]
            if cases is None and 2 ** (layer.index + 1) <= passes:
                values = layer.fire_all(sums)
                rows = wanted
                continue
            before = cases
            cases, rows = torch.unique(wanted, return_inverse=True)
            parents = cases >> 1 if before is None else torch.searchsorted(before, cases >> 1)
            values = layer.fire_each(sums, parents, cases & 1)
        z = 2 * (values.to(self._last.dtype) @ self._last.T) - self._last.sum(dim=1)
        corrected = self._correct(z.to(torch.int64))
        torch.index_select(corrected, 0, rows.reshape(-1), out=logits.view(-1, logits.shape[2]))

    def _correct(self, z: Tensor) -> Tensor:
        program = self.program
        return correct(z, program.gains, program.offsets, program.shifts, program.config.logits)


class _Folded:
    """A hidden layer as one matrix product and one comparison per choice.

    With weights ±1 and inputs as they are, P = Σ w u + (2^B − 1) · (weights that are 0). The constant moves into
    the thresholds, and a flip turns the weights of its neuron: NOT (s ≥ θ) is −s ≥ 1 − θ.
    """

    def __init__(self, layer: Layer, weights: Integers, thresholds: Integers, flips: Integers, device: torch.device):
        self.index = layer.index
        self.choices = layer.choices
        zeros = layer.inputs - weights.sum(axis=1)
        shifted = thresholds.T - layer.plane_gain * zeros
        dtype = crossbar.exact_dtype(layer.threshold_max)
        self._signs = torch.as_tensor((2 * weights - 1) * (1 - 2 * flips)[:, None], device=device).to(dtype)
        self._limits = torch.as_tensor(flips + (1 - 2 * flips) * shifted, device=device).to(dtype)

    def sums(self, values: Tensor) -> Tensor:
        """Return Σ w u, shape (rows, outputs)."""
        return values.to(self._signs.dtype) @ self._signs.T

    def fire(self, sums: Tensor) -> Tensor:
        """Return activations 0 and 1 for the only choice, shape (rows, outputs)."""
        return torch.ge(sums, self._limits[0], out=torch.empty_like(sums))

    def fire_all(self, sums: Tensor) -> Tensor:
        """Return activations for both choices of each row, shape (2 rows, outputs)."""
        rows, outputs = sums.shape
        both = sums.new_empty((rows, self.choices, outputs))
        return torch.ge(sums.unsqueeze(1), self._limits, out=both).view(-1, outputs)

    def fire_each(self, sums: Tensor, rows: Tensor, choices: Tensor) -> Tensor:
        """Return activations for pairs of a row of ``sums`` and a choice, shape (pairs, outputs)."""
        chosen = sums[rows]
        return torch.ge(chosen, self._limits[choices], out=chosen)
