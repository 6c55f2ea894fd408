"""Exact model of a core, layer by layer.

It follows docs/numerics.md literally.
"""

from typing import Any

import torch
from torch import Tensor

from hdl.config import Layer
from hdl.contract import Program

from ..arrays import Arrays, Sweeps
from ..common import check_integer, check_integers, check_pixels, largest, windows
from ..draws import Draws, pass_draws
from ..neurons import arithmetic_of
from .correction import correct
from .request import checked, given_masks
from .statistics import Statistics, statistics
from .trace import Trace

__all__ = ["Model"]

#: Input bits of a layer in all sweeps that are computed at a time.
_BITS = 1 << 25


class Model:
    """Exact model of a core with any arrays.

    The core is loaded with ``program``, and ``arrays`` count. Every pass computes everything; passes share nothing.

    Parameters
    ----------
    program
        Integers of the core.
    arrays
        Arrays of the core.
    device
        Where to compute.
    """

    def __init__(self, program: Program, arrays: Arrays, device: str | torch.device = "cpu"):
        self.program = program
        self.arrays = arrays
        self.device = torch.device(device)

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
            For schemes with local units: draws to use instead of theirs, for any T.
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
        program = self.program
        z = self.pre_activations(
            pixels,
            passes=passes,
            first_pass=first_pass,
            masks=masks,
            draws=draws,
            batch_size=batch_size,
        )
        return correct(z, program.gains, program.offsets, program.shifts, program.config.logits)

    def pre_activations(
        self,
        pixels: Any,
        *,
        passes: int | None = None,
        first_pass: int = 0,
        masks: Any = None,
        draws: Draws | None = None,
        batch_size: int | None = None,
    ) -> Tensor:
        """Return z of the last layer, int64, shape (n, T, classes); arguments as of :meth:`logits`."""
        request = checked(self.program.config, self.device, pixels, passes, first_pass, masks, draws, batch_size)
        rows, classes = len(request.pixels) * request.passes, self.program.config.network.classes
        given = None
        if request.draws is not None:
            given = tuple(None if drawn is None else drawn.flatten(end_dim=1) for drawn in request.draws)
        z = torch.empty((rows, classes), dtype=torch.int64, device=self.device)
        size = self._rows if batch_size is None else batch_size * request.passes
        for start in range(0, rows, size):
            some = torch.arange(start, min(start + size, rows), device=self.device)
            drawn = None if given is None else _part(given, some)
            counts = self._walk(request.pixels[some // request.passes], first_pass + start, drawn).counts[-1]
            z[some] = 2 * counts - self.program.config.layers[-1].count_max
        return z.view(len(request.pixels), request.passes, classes)

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
        """Return the statistics of the logits that :meth:`logits` returns for the same arguments."""
        return statistics(
            self.logits(pixels, passes=passes, first_pass=first_pass, masks=masks, draws=draws, batch_size=batch_size)
        )

    def trace(self, pixels: Any, masks: Any = None, *, draws: Draws | None = None, first_pass: int = 0) -> Trace:
        """Return all intermediate values of one pass per input.

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        masks
            Mask bits to use instead of those of the stochastic unit, shape (n, mask_width).
        draws
            Draws to use instead of masks, as :func:`golden.draws.pass_draws` returns them for one pass.
        first_pass
            Number of the pass of the first input since the seed was loaded; each further input has the next one.

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range.
        """
        config = self.program.config
        pixels = check_pixels(config, pixels, self.device)
        check_integer("first_pass", first_pass, 0)
        if masks is not None:
            bits = check_integers("masks", masks, (len(pixels), config.stochastic.mask_width), 0, 1, self.device)
            draws = given_masks(config, bits.unsqueeze(1), len(pixels), 1, self.device)
        given = None if draws is None else _of_one_pass(draws)
        parts = []
        for start in range(0, max(len(pixels), 1), self._rows):
            some = slice(start, start + self._rows)
            drawn = None if given is None else _part(given, some)
            parts.append(self._walk(pixels[some], first_pass + start, drawn))
        return Trace.joined(parts)

    @property
    def _rows(self) -> int:
        """Passes that are computed at a time."""
        return max(1, _BITS // max(layer.sweeps * layer.inputs for layer in self.program.config.layers))

    def _walk(self, pixels: Tensor, first_pass: int, draws: Draws | None) -> Trace:
        """Compute one pass for each of ``pixels``, shape (passes, inputs), with ``draws`` of shapes (passes, …)."""
        program, layers = self.program, self.program.config.layers
        if draws is None:
            single = pass_draws(program, len(pixels), passes=1, first_pass=first_pass, device=self.device)
            draws = _of_one_pass(single)
        values = pixels.to(torch.uint8)
        counts: list[Tensor] = []
        fired: list[Tensor] = []
        activations: list[Tensor] = []
        for layer, drawn in zip(layers, draws, strict=True):
            found = self._counts(layer, values, first_pass, activations, drawn)
            counts.append(found if layer.window is not None else found.squeeze(1))
            if layer is layers[-1]:
                break
            own = arithmetic_of(layer).fire(layer, program.neurons[layer.index], found, drawn)
            fired.append(own.reshape(counts[-1].shape))
            values = _pooled(layer, fired[-1])
            activations.append(values)
        z = 2 * counts[-1] - layers[-1].count_max
        logits = correct(z, program.gains, program.offsets, program.shifts, program.config.logits)
        return Trace(counts=tuple(counts), fired=tuple(fired), activations=tuple(activations), logits=logits)

    def _counts(
        self, layer: Layer, values: Tensor, first_pass: int, activations: list[Tensor], drawn: Tensor | None
    ) -> Tensor:
        """Return P of ``layer``, shape (passes, vectors, outputs); ``activations`` are those of the layers before."""
        passes = len(values)
        if layer.window is not None:
            source = layer.window.source
            values = windows(layer.window, values.reshape(-1, source.height, source.width, source.channels))
        vectors = values.reshape(passes, layer.vectors, 1, layer.inputs)
        planes = torch.arange(layer.input_bits, device=self.device).flip(0)
        bits = vectors >> planes.to(torch.uint8)[:, None] & 1
        sets = None if layer.sets == 1 or drawn is None else drawn.long().repeat_interleave(layer.sweeps)
        sweeps = Sweeps(first=first_pass * layer.sweeps, bits=bits.view(-1, layer.inputs), sets=sets)
        planar = self.arrays.counts(layer, sweeps).view(passes, layer.vectors, layer.input_bits, layer.outputs)
        counts = (planar << planes[:, None]).sum(dim=2)
        if layer.skip is not None:
            counts += layer.skip_gain * activations[layer.skip].to(torch.int64)
        return counts


def _pooled(layer: Layer, fired: Tensor) -> Tensor:
    """Return the outputs of the neurons of ``layer`` as it passes them on."""
    if layer.window is None or layer.pool == 1:
        return fired
    maps = fired.view(-1, layer.window.height, layer.window.width, layer.outputs)
    return largest(maps, layer.pool).flatten(start_dim=1, end_dim=2)


def _part(draws: Draws, some: slice | Tensor) -> Draws:
    """Return ``draws`` of some of the elements along the first axis."""
    return tuple(None if drawn is None else drawn[some] for drawn in draws)


def _of_one_pass(draws: Draws) -> Draws:
    """Return ``draws``, of shapes (n, 1, …), as (n, …)."""
    return tuple(None if drawn is None else drawn.squeeze(1) for drawn in draws)
