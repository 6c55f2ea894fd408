"""The integer model: every bit of the core, for many inputs and passes at once (docs/numerics.md)."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.contract.program import Program

from ..arrays import crossbar
from ..common.arguments import check_batches, check_passes, check_pixels
from ..common.checks import check_integers
from ..common.exact_types import exact_dtype
from ..common.windows import windows
from ..draws.draws import Draws, check_masks, pass_draws
from .activations import pass_on
from .correction import correct
from .folded import FoldedLayer, Scratch
from .folded_convolution import FoldedConvolution, Maps, batch_limit
from .statistics import Statistics, statistics

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

    Raises
    ------
    InputError
        The weights are drawn; :func:`golden.model.core_model` knows the model of every core.
    """

    def __init__(self, program: Program, device: str | torch.device = "cpu"):
        if program.config.bayes.scheme.draws_weights:
            raise InputError(f"bayes.method must be one whose weights are fixed, not {program.config.bayes.method!r}")
        self.program = program
        self.device = torch.device(device)
        hidden = list(zip(program.config.hidden_layers, program.weights, program.neurons, strict=False))
        self._convolutions = [FoldedConvolution(*each, self.device) for each in hidden if each[0].window is not None]
        self._hidden = [FoldedLayer(*each, self.device) for each in hidden if each[0].window is None]
        self._weights = [torch.as_tensor(weights, device=self.device) for weights in program.weights]
        last = program.config.layers[-1]
        self._last = 2 * self._weights[-1].to(exact_dtype(last.count_max)) - 1
        self._last = self._last.view(last.sets, last.outputs, last.inputs)

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
        """Return the logits of every pass.

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        passes
            Monte-Carlo passes T, by default those of the configuration.
        first_pass
            Passes made since the seed was loaded. Pass t of input i alone is ``first_pass=i * T + t``, ``passes=1``.
        masks
            Mask bits to use instead of those of the stochastic unit, shape (n, T, mask_width), for any T.
        draws
            For schemes with local units what to use instead of their draws, for any T.
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
        pixels, batches, passes = self._batches(pixels, passes, first_pass, masks, draws, batch_size)
        logits = torch.empty(
            (len(pixels), passes, self.program.config.network.classes), dtype=torch.int64, device=self.device
        )
        scratch = Scratch()
        for some, drawn in batches:
            self._compute(pixels[some], drawn, logits[some], scratch)
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
        pixels, batches, passes = self._batches(pixels, passes, first_pass, masks, draws, batch_size)
        classes = self.program.config.network.classes
        parts, scratch = [], Scratch()
        for some, drawn in batches:
            logits = torch.empty((len(pixels[some]), passes, classes), dtype=torch.int64, device=self.device)
            self._compute(pixels[some], drawn, logits, scratch)
            parts.append(statistics(logits))
        return Statistics(
            **{
                field.name: torch.cat([getattr(part, field.name) for part in parts])
                for field in dataclasses.fields(Statistics)
            }
        )

    def trace(self, pixels: Any, masks: Any = None, *, draws: Draws | None = None) -> Trace:
        """Return all intermediate values of one pass per input, layer by layer and sharing nothing.

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        masks
            Mask bits, shape (n, mask_width).
        draws
            Instead of masks what was drawn, as :func:`golden.draws.pass_draws` returns it for one pass.

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range.
        """
        config = self.program.config
        values = check_pixels(config, pixels, self.device)
        if draws is None:
            bits = check_integers("masks", masks, (len(values), config.stochastic.mask_width), 0, 1, self.device)
            draws = check_masks(config, bits.unsqueeze(1), len(values), 1, self.device)
        counts: list[Tensor] = []
        activations: list[Tensor] = []
        for layer in config.layers:
            drawn = draws[layer.index]
            drawn = None if drawn is None else drawn.squeeze(1)
            counts.append(self._counts(layer, values, activations, drawn))
            if layer is not config.layers[-1]:
                values = pass_on(layer, self.program.neurons[layer.index], counts[-1], drawn)
                activations.append(values)
        z = 2 * counts[-1] - config.layers[-1].count_max
        return Trace(counts=tuple(counts), activations=tuple(activations), logits=self._correct(z))

    def _counts(self, layer: Layer, values: Tensor, activations: list[Tensor], drawn: Tensor | None) -> Tensor:
        """Return the counts of ``layer`` as :class:`Trace` has them; ``activations`` are those of all layers before."""
        weights = self._weights[layer.index]
        if layer.sets > 1 and drawn is not None:
            each = [
                self._counts_of_set(layer, weights[choice], values[[row]], [a[[row]] for a in activations])
                for row, choice in enumerate(drawn.tolist())
            ]
            return torch.cat(each) if each else self._counts_of_set(layer, weights[0], values, activations)
        return self._counts_of_set(layer, weights, values, activations)

    def _counts_of_set(self, layer: Layer, weights: Tensor, values: Tensor, activations: list[Tensor]) -> Tensor:
        if layer.window is None:
            return crossbar.counts(layer, values.flatten(start_dim=1), weights)
        source = layer.window.source
        seen = windows(layer.window, values.reshape(-1, source.height, source.width, source.channels))
        # The windows of an image are many times as large as the image.
        counts = [crossbar.counts(layer, each.reshape(-1, layer.inputs), weights) for each in seen.split(1)]
        whole = torch.cat(counts).view(len(values), layer.vectors, layer.outputs)
        return whole if layer.skip is None else whole + layer.skip_gain * activations[layer.skip].to(torch.int64)

    def _batches(
        self,
        pixels: Any,
        passes: int | None,
        first_pass: int,
        masks: Any,
        draws: Draws | None,
        batch_size: int | None,
    ) -> tuple[Tensor, Iterator[tuple[slice, Draws]], int]:
        """Check the arguments of :meth:`logits`; return pixels, draws by batch with its inputs, and passes."""
        config = self.program.config
        pixels = check_pixels(config, pixels, self.device)
        check_batches(first_pass, batch_size)
        given = draws
        if masks is not None:
            given = check_masks(config, masks, len(pixels), passes, self.device)
            count = np.shape(masks)[1]
        elif given is not None:
            count = next((drawn.shape[1] for drawn in given if drawn is not None), passes or 1)
        else:
            count = check_passes(config, passes)
        if not count:
            raise InputError("masks must have at least 1 pass, not 0")
        size = batch_size or min(_BATCH, batch_limit(config.layers, count) or _BATCH)

        def batches() -> Iterator[tuple[slice, Draws]]:
            # Many batches' draws at a time: short sequences cost as much as long ones.
            block = size * max(1, _DRAWS // (size * count * max(config.stochastic.random_bits, 1)))
            for first in range(0, max(len(pixels), 1), block):
                inputs = min(block, len(pixels) - first)
                drawn = given
                offset = first
                if given is None:
                    done, offset = first_pass + first * count, 0
                    drawn = pass_draws(self.program, inputs, passes=count, first_pass=done, device=self.device)
                for start in range(0, max(inputs, 1), size):
                    own = slice(offset + start, offset + min(start + size, inputs))
                    some = tuple(None if each is None else each[own] for each in drawn or ())
                    yield slice(first + start, first + min(start + size, inputs)), some

        return pixels, batches(), count

    def _compute(self, pixels: Tensor, draws: Draws, logits: Tensor, scratch: Scratch) -> None:
        """Fill ``logits`` (n, T, classes) from pixels (n, inputs) and what was drawn for each layer (n, T, …)."""
        n, passes, classes = logits.shape
        # A *case* is an input with what was drawn so far: number i 2^l + drawn bits, the first layer's highest.
        # Row r of the activations belongs to case r, or to case `cases[r]` once only those that occur are computed.
        # What local units draw is different in each pass, so that every pass is a case then.
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

    The lowest ``bits`` of a case are what was drawn last; ``before`` are the cases of the rows that it was drawn for,
    None where row r belongs to case r.
    """
    cases, rows = torch.unique(wanted, return_inverse=True)
    parents = cases >> bits if before is None else torch.searchsorted(before, cases >> bits)
    return cases, rows, parents, cases & (1 << bits) - 1
