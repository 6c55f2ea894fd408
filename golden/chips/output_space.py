"""Sampled weights with noise drawn in output space.

Networks are computed without drawing a weight: the noise of each column's sum is drawn.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor

from hdl.config import InputError, Layer
from hdl.contract.program import Program

from ..common.arguments import check_pixels
from ..common.checks import check_integer
from ..common.windows import largest, windows
from ..model.correction import correct

__all__ = ["OutputSpaceModel", "check_probabilities", "code_probabilities"]

#: Values of one layer that are computed at a time.
_VALUES = 1 << 23

#: Variance of z below which a column is taken as certain: z is then nearer to its mean than to any threshold, 1.
_CERTAIN = 1e-6


class OutputSpaceModel:
    """Logits of sampled weights with output-space noise.

    For arrays where each read draws all weights anew.

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
        P(w = +1) of each layer, shape (chips, outputs, inputs), on the device to compute on.

    Raises
    ------
    InputError
        A probability is not between 0 and 1, a shape is wrong, or the network has residuals.
    """

    def __init__(self, program: Program, probabilities: Sequence[Tensor]):
        self.program = program
        layers = program.config.layers
        self.chips = check_probabilities(layers, probabilities)
        if any(layer.skip is not None for layer in layers):
            raise InputError(f"network must be without residuals for sampled weights, not {program.config.name!r}")
        self.device = probabilities[0].device
        hidden = zip(layers, probabilities, program.neurons, strict=False)
        self._hidden = [_Columns(layer, p, neurons["thresholds"], neurons["flips"]) for layer, p, neurons in hidden]
        self._last = _Columns(layers[-1], probabilities[-1])

    def pre_activations(self, pixels: Any, *, passes: int, generators: Sequence[Generator]) -> Tensor:
        """Return z of the last layer.

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        passes
            Passes T.
        generators
            Source of the noise of each chip, on the device of the probabilities.

        Returns
        -------
        int64 tensor, shape (chips, n, T, classes)

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range.
        """
        pixels = check_pixels(self.program.config, pixels, self.device)
        check_integer("passes", passes, 1)
        if len(generators) != self.chips:
            raise InputError(f"generators must be one for each of {self.chips} chips, not {len(generators)}")
        parts = [self._compute(some, passes, generators) for some in pixels.split(self._fits(passes))]
        return torch.cat(parts, dim=1)

    def logits(self, pixels: Any, *, passes: int, generators: Sequence[Generator]) -> Tensor:
        """Return the corrected logits, int64, shape (chips, n, T, classes); arguments as above."""
        program = self.program
        z = self.pre_activations(pixels, passes=passes, generators=generators)
        return correct(z, program.gains, program.offsets, program.shifts, program.config.logits)

    def _fits(self, passes: int) -> int:
        """Return the number of inputs that are computed at a time."""
        layers = self.program.config.layers
        most = max(layer.vectors * max(layer.inputs, layer.outputs) for layer in layers)
        return max(1, _VALUES // (most * passes * self.chips))

    def _compute(self, pixels: Tensor, passes: int, generators: Sequence[Generator]) -> Tensor:
        values, repeats = pixels[None], passes
        for columns in self._hidden:
            values, repeats = columns.activations(values, repeats, generators), 1
        z = self._last.sums(values, repeats, generators)
        return z.view(self.chips, len(pixels), passes, -1)


class _Columns:
    """Columns of a layer with unit standard deviation."""

    def __init__(self, layer: Layer, probability: Tensor, thresholds: Any = None, flips: Any = None):
        self.layer = layer
        mean = 2 * probability.double() - 1
        variance = (1 - mean.square()).sum(dim=2) * (4**layer.input_bits - 1) / 3
        deviation = variance.clamp(min=_CERTAIN).sqrt()
        # Integers u stand for 2u − (2^B − 1).
        offset = layer.plane_gain * mean.sum(dim=2)
        scale, limit = 2 / deviation, offset
        if thresholds is not None:
            # z moves in steps of 2, so that nothing lies between 2θ − P_max and one less. A flip negates both sides.
            turn = 1 - 2 * torch.as_tensor(flips, device=mean.device)
            bound = 2 * torch.as_tensor(thresholds, device=mean.device).squeeze(1) - layer.count_max - 1
            scale, limit = scale * turn, (limit + bound) * turn
        self._weights = (mean * scale[:, :, None]).transpose(1, 2).float().contiguous()
        self._limit = (limit / deviation).float()[:, None]
        self._deviation, self._offset = deviation[:, None], offset[:, None]

    def activations(self, values: Tensor, repeats: int, generators: Sequence[Generator]) -> Tensor:
        """Return activations of 0 and 1, float32, shape (chips, rows · repeats, channels of all positions).

        ``values`` have the shape (chips or 1, rows, channels of all positions); each row is computed ``repeats`` times.
        """
        layer = self.layer
        fired = self._noisy(values, repeats, generators).gt(self._limit).float()
        if layer.window is None:
            return fired
        maps = fired.view(-1, layer.window.height, layer.window.width, layer.outputs)
        return largest(maps, layer.pool).reshape(len(fired), values.shape[1] * repeats, -1)

    def sums(self, values: Tensor, repeats: int, generators: Sequence[Generator]) -> Tensor:
        """Return z, int64, shape (chips, rows · repeats, outputs)."""
        most = self.layer.count_max
        z = self._noisy(values, repeats, generators).double() * self._deviation - self._offset
        # z = 2P − P_max of the nearest possible P.
        counts = ((z + most + 1) / 2).floor().clamp(0, most)
        return (2 * counts - most).long()

    def _noisy(self, values: Tensor, repeats: int, generators: Sequence[Generator]) -> Tensor:
        """Return Σ u w̄ with noise, over its standard deviation, shape (chips, rows · repeats · positions, outputs)."""
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


def check_probabilities(layers: Sequence[Layer], probabilities: Sequence[Tensor]) -> int:
    """Check for a probability of each weight, shape (chips, outputs, inputs), and return the number of chips.

    Raises
    ------
    InputError
        A shape is wrong, or a probability is not between 0 and 1.
    """
    if len(probabilities) != len(layers):
        raise InputError(f"probabilities must be given for {len(layers)} layers, not {len(probabilities)}")
    chips = len(probabilities[0])
    for layer, p in zip(layers, probabilities, strict=True):
        shape = (chips, layer.outputs, layer.inputs)
        if p.shape != shape:
            raise InputError(f"probabilities of layer {layer.index} must have shape {shape}, not {tuple(p.shape)}")
        wrong = ~((p >= 0) & (p <= 1))
        if wrong.any():
            raise InputError(f"probabilities must be between 0 and 1, not {p[wrong][0].item()!r}")
    return chips


def code_probabilities(program: Program, device: str | torch.device = "cpu") -> tuple[Tensor, ...]:
    """Return P(w = +1) of each layer's codes, float64, shape (1, outputs, inputs).

    Raises
    ------
    InputError
        The weights of the Program are fixed.
    """
    found = []
    for layer, codes in zip(program.config.layers, program.weights, strict=True):
        if layer.sampling is None:
            raise InputError(f"method must be 'sampled-weights', not {program.config.bayes.method!r}")
        each = torch.as_tensor(codes, device=device)[None]
        certain = torch.ones((), dtype=torch.float64, device=device)
        found.append(torch.where(each == layer.sampling.certain, certain, each.double() / 2**layer.sampling.bits))
    return tuple(found)
