"""Chips of sampled weights in output space."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor

from hdl.config import InputError, Layer
from hdl.contract import Program

from ..arrays import check_probabilities
from ..common import check_integer, check_pixels, largest, windows
from ..model import MultiChipModel, Trace, correct

__all__ = ["OutputSpaceModel"]

#: Values of one layer that are computed at a time.
_VALUES = 1 << 23

#: Variance of z below which a column is taken as certain: z is then nearer to its mean than to any threshold, 1.
_CERTAIN = 1e-6


class OutputSpaceModel(MultiChipModel):
    """Sampled weights with noise in output space.

    Each read draws all weights anew.

    The sum of a column is z = Σ_i 2^i Σ_n w_ni x_ni with independent w_ni = ±1, P(w_ni = +1) = p_n, of bits x_ni = ±1.
    Its mean is Σ_n (2 p_n − 1) x_n with x_n = Σ_i 2^i x_ni, and as x_ni² = 1 its variance is
    (4^B − 1) / 3 Σ_n 4 p_n (1 − p_n) **whatever the inputs are** [derived]. Columns, positions and passes read anew and
    are independent. So one Gaussian number for each column and vector replaces fan-in × planes Bernoulli
    numbers. Counts are integers: P ≥ θ is P > θ − ½ of the Gaussian, and those of the last layer are rounded to the
    nearest possible count.

    Parameters
    ----------
    program
        Neurons and logit correction.
    probabilities
        P(w = +1) of each layer, shape (chips, outputs, inputs), on the device where to compute.
    generators
        Source of the noise of each chip, on that device. Calls go on where the one before ended.

    Raises
    ------
    InputError
        A probability is not between 0 and 1, a shape or the number of generators is wrong, or the network has
        residuals.
    """

    def __init__(self, program: Program, probabilities: Sequence[Tensor], generators: Sequence[Generator]):
        layers = program.config.layers
        super().__init__(program, check_probabilities(layers, probabilities), probabilities[0].device)
        if len(generators) != self.chips:
            raise InputError(f"generators must be one for each of {self.chips} chips, not {len(generators)}")
        if any(layer.skip is not None for layer in layers):
            raise InputError(f"network must be without residuals for sampled weights, not {program.config.name!r}")
        self._generators = generators
        hidden = zip(layers, probabilities, program.neurons, strict=False)
        self._hidden = [_Columns(layer, p, neurons["thresholds"], neurons["flips"]) for layer, p, neurons in hidden]
        self._last = _Columns(layers[-1], probabilities[-1])

    def pre_activations(self, pixels: Any, *, passes: int | None = None) -> Tensor:
        """Return z of the last layer.

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        passes
            Passes T, by default those of the configuration.

        Returns
        -------
        int64 tensor, shape (chips, n, T, classes)

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range.
        """
        config = self.program.config
        pixels = check_pixels(config, pixels, self.device)
        passes = check_integer("passes", config.bayes.passes if passes is None else passes, 1)
        parts = [self._compute(some, passes) for some in pixels.split(self._fits(passes))]
        return torch.cat(parts, dim=1)

    def logits(self, pixels: Any, *, passes: int | None = None) -> Tensor:
        """Return the corrected logits, int64, shape (chips, n, T, classes); arguments as above."""
        return self._correct(self.pre_activations(pixels, passes=passes))

    def trace(self, pixels: Any) -> Trace:
        """Return all intermediate values of one pass per input and chip, the counts as the nearest that can occur."""
        pixels = check_pixels(self.program.config, pixels, self.device)
        values, hidden = pixels[None], []
        for columns in self._hidden:
            noisy = columns.noisy(values, 1, self._generators)
            fired = columns.fired(noisy)
            values = columns.pooled(fired, len(pixels))
            hidden.append((columns.layer, columns.counts(noisy), fired.byte(), values.byte()))
        last = self._last.counts(self._last.noisy(values, 1, self._generators))
        z = 2 * last - self._last.layer.count_max

        def shaped(layer: Layer, values: Tensor) -> Tensor:
            shape = (self.chips, len(pixels), -1, layer.outputs)
            return values.view(shape if layer.window is not None else (*shape[:2], -1))

        return Trace(
            counts=(*(shaped(layer, counts) for layer, counts, _, _ in hidden), last),
            fired=tuple(shaped(layer, fired) for layer, _, fired, _ in hidden),
            activations=tuple(shaped(layer, passed) for layer, _, _, passed in hidden),
            logits=self._correct(z),
        )

    def _correct(self, z: Tensor) -> Tensor:
        program = self.program
        return correct(z, program.gains, program.offsets, program.shifts, program.config.logits)

    def _fits(self, passes: int) -> int:
        """Return the number of inputs that are computed at a time."""
        layers = self.program.config.layers
        most = max(layer.vectors * max(layer.inputs, layer.outputs) for layer in layers)
        return max(1, _VALUES // (most * passes * self.chips))

    def _compute(self, pixels: Tensor, passes: int) -> Tensor:
        values, repeats = pixels[None], passes
        for columns in self._hidden:
            fired = columns.fired(columns.noisy(values, repeats, self._generators))
            values, repeats = columns.pooled(fired, len(pixels) * passes), 1
        counts = self._last.counts(self._last.noisy(values, repeats, self._generators))
        return (2 * counts - self._last.layer.count_max).view(self.chips, len(pixels), passes, -1)


class _Columns:
    """Columns of a layer with unit standard deviation."""

    def __init__(self, layer: Layer, probability: Tensor, thresholds: Any = None, flips: Any = None):
        self.layer = layer
        mean = 2 * probability.double() - 1
        variance = (1 - mean.square()).sum(dim=2) * (4**layer.input_bits - 1) / 3
        deviation = variance.clamp(min=_CERTAIN).sqrt()
        # Integers u stand for 2u − (2^B − 1).
        offset = layer.plane_gain * mean.sum(dim=2)
        scale, limit, turned = 2 / deviation, offset, deviation
        if thresholds is not None:
            # z moves in steps of 2, so that nothing lies between 2θ − P_max and one less. A flip negates both sides.
            turn = 1 - 2 * torch.as_tensor(flips, device=mean.device)
            bound = 2 * torch.as_tensor(thresholds, device=mean.device).squeeze(1) - layer.count_max - 1
            scale, limit, turned = scale * turn, (limit + bound) * turn, deviation * turn
        self._weights = (mean * scale[:, :, None]).transpose(1, 2).float().contiguous()
        self._limit = (limit / deviation).float()[:, None]
        self._deviation, self._offset = turned[:, None], offset[:, None]

    def fired(self, noisy: Tensor) -> Tensor:
        """Return the outputs of the neurons, 0 and 1, float32, in the shape of ``noisy``."""
        return noisy.gt(self._limit).float()

    def pooled(self, fired: Tensor, rows: int) -> Tensor:
        """Return the activations that the layer passes on, float32, shape (chips, rows, channels of all positions)."""
        layer = self.layer
        if layer.window is None:
            return fired
        maps = fired.view(-1, layer.window.height, layer.window.width, layer.outputs)
        return largest(maps, layer.pool).reshape(len(fired), rows, -1)

    def counts(self, noisy: Tensor) -> Tensor:
        """Return the nearest counts P that can occur, int64, in the shape of ``noisy``."""
        most = self.layer.count_max
        z = noisy.double() * self._deviation - self._offset
        return ((z + most + 1) / 2).floor().clamp(0, most).long()

    def noisy(self, values: Tensor, repeats: int, generators: Sequence[Generator]) -> Tensor:
        """Return Σ u w̄ with noise, in units of the deviation, shape (chips, rows · repeats · positions, outputs).

        ``values`` have the shape (chips or 1, rows, channels of all positions); each row is computed ``repeats`` times.
        """
        layer, weights = self.layer, self._weights
        chips, inputs, outputs = weights.shape
        rows = values.shape[1]
        if layer.window is not None:
            source = layer.window.source
            values = windows(layer.window, values.reshape(-1, source.height, source.width, source.channels))
        values = values.reshape(-1, rows * layer.vectors, inputs).to(weights.dtype).expand(chips, -1, -1)
        noise = torch.empty((chips, rows, repeats, layer.vectors, outputs), device=weights.device)
        for each, generator in zip(noise, generators, strict=True):
            each.normal_(generator=generator)
        if repeats == 1:
            return noise.view(chips, -1, outputs).baddbmm_(values, weights)
        # All passes have the same mean.
        noise += torch.bmm(values, weights).view(chips, rows, 1, layer.vectors, outputs)
        return noise.view(chips, -1, outputs)
