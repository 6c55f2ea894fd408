"""The integer model of a core that draws its weights (docs/numerics.md 13)."""

from typing import Any

import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.contract.program import Program

from ..arrays.arrays import Arrays, DigitalArrays
from ..common.arguments import check_batches, check_passes, check_pixels
from ..common.checks import check_integer
from ..common.windows import windows
from .activations import pass_on
from .correction import correct
from .integer import Trace
from .statistics import Statistics, statistics

__all__ = ["SampledModel"]

#: Input bits of a layer in all sweeps that are computed at a time.
_BITS = 1 << 25


class SampledModel:
    """Exact model of the core that is loaded with ``program``, whose weights are drawn where they are read.

    Every pass computes everything; there is nothing that passes share.

    Parameters
    ----------
    program
        Integers of the core.
    device
        Where to compute.
    arrays
        What counts; by default the digital arrays of the core, with their draws.

    Raises
    ------
    InputError
        The weights of the Program are fixed.
    """

    def __init__(self, program: Program, device: str | torch.device = "cpu", *, arrays: Arrays | None = None):
        self.program = program
        self.device = torch.device(device)
        self.arrays = DigitalArrays(program, device) if arrays is None else arrays

    def logits(
        self,
        pixels: Any,
        *,
        passes: int | None = None,
        first_pass: int = 0,
        masks: Any = None,
        batch_size: int | None = None,
    ) -> Tensor:
        """Return the logits of every pass, int64 of shape (n, T, classes).

        The arguments are those of :meth:`golden.model.IntegerModel.logits`; there are no masks.

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range, or there are masks.
        """
        config = self.program.config
        if masks is not None:
            raise InputError(f"masks must be omitted for method {config.bayes.method!r}, which has none")
        pixels = check_pixels(config, pixels, self.device)
        passes = check_passes(config, passes)
        check_batches(first_pass, batch_size)
        rows = len(pixels) * passes
        logits = torch.empty((rows, config.network.classes), dtype=torch.int64, device=self.device)
        widest = max(layer.sweeps * layer.inputs for layer in config.layers)
        size = max(1, _BITS // widest) if batch_size is None else batch_size * passes
        for start in range(0, rows, size):
            some = torch.arange(start, min(start + size, rows), device=self.device)
            logits[some] = self._compute(pixels[some // passes], first_pass + start).logits
        return logits.view(len(pixels), passes, -1)

    def statistics(
        self,
        pixels: Any,
        *,
        passes: int | None = None,
        first_pass: int = 0,
        masks: Any = None,
        batch_size: int | None = None,
    ) -> Statistics:
        """Return the statistics of the logits that :meth:`logits` returns for the same arguments."""
        return statistics(self.logits(pixels, passes=passes, first_pass=first_pass, masks=masks, batch_size=batch_size))

    def trace(self, pixels: Any, *, first_pass: int = 0) -> Trace:
        """Return all intermediate values of one pass per input, the first of them pass ``first_pass`` since the seed.

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range.
        """
        check_integer("first_pass", first_pass, 0)
        return self._compute(check_pixels(self.program.config, pixels, self.device), first_pass)

    def _compute(self, pixels: Tensor, first_pass: int) -> Trace:
        """Compute one pass for each of ``pixels``, shape (passes, inputs)."""
        values, counts = pixels.to(torch.uint8), []
        activations: list[Tensor] = []
        for layer in self.program.config.layers:
            counts.append(self._counts(layer, values, first_pass, activations))
            if layer is not self.program.config.layers[-1]:
                values = pass_on(layer, self.program.neurons[layer.index], counts[-1], None)
                activations.append(values)
        program = self.program
        z = 2 * counts[-1] - program.config.layers[-1].count_max
        logits = correct(z, program.gains, program.offsets, program.shifts, program.config.logits)
        return Trace(counts=tuple(counts), activations=tuple(activations), logits=logits)

    def _counts(self, layer: Layer, values: Tensor, first_pass: int, activations: list[Tensor]) -> Tensor:
        """Return the counts P of ``layer`` as :class:`Trace` has them."""
        passes = len(values)
        if layer.window is not None:
            source = layer.window.source
            values = windows(layer.window, values.reshape(-1, source.height, source.width, source.channels))
        vectors = values.reshape(passes, layer.vectors, 1, layer.inputs)
        planes = torch.arange(layer.input_bits, device=self.device).flip(0)
        bits = vectors >> planes.to(torch.uint8)[:, None] & 1
        counted = self.arrays.counts(layer, first_pass * layer.sweeps, bits.view(-1, layer.inputs))
        planar = counted.view(passes, layer.vectors, layer.input_bits, layer.outputs)
        counts = (planar << planes[:, None]).sum(dim=2)
        if layer.skip is not None:
            counts += layer.skip_gain * activations[layer.skip].to(torch.int64)
        return counts.squeeze(1) if layer.window is None else counts
