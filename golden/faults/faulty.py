"""Model of many chips with faults."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.contract import Program

from ..common import check_integer, check_integers, check_passes, check_pixels, exact_dtype, largest, windows
from ..draws import Draws, check_masks, pass_draws
from ..model import MultiChipModel, Trace
from ..neurons import real_neurons
from .faults import Fault
from .faulty_chips import Chips
from .pass_branches import Branches, spread
from .recorder import Recorder

__all__ = ["FaultyModel"]

#: Values that a step of the computation may have, so that it stays in a processor's cache or on a device.
_VALUES = 1 << 21

#: Weights that are held for several chips at a time.
_WEIGHTS = 1 << 27


class FaultyModel(MultiChipModel):
    """Chips with faults, loaded with one Program.

    Each has faults of its own; all see the same inputs and masks. With a strength of 0 every chip gives the logits of
    :class:`golden.model.Model` exactly, and with bit flips those of the Program with these weights flipped: z is then
    whole, and below 2^24 exact in float32. A disturbed z is no longer whole and stays so, up to the comparison z ≥ 2θ −
    P_max and the shift of the logits, which rounds down.

    Frozen draws depend on the seed and the chip alone, fresh ones on the size of the batches as well.

    Parameters
    ----------
    program
        Integers of the core.
    fault
        What is wrong.
    chips
        Number of chips.
    seed
        Seed of their faults.
    device
        Where to compute.

    Raises
    ------
    InputError
        An argument is out of range, or faults are not known for the method of the Program.
    """

    def __init__(
        self, program: Program, fault: Fault, *, chips: int, seed: int = 0, device: str | torch.device = "cpu"
    ):
        check_integer("chips", chips, 1)
        check_integer("seed", seed, 0)
        super().__init__(program, chips, device)
        self.fault = fault
        self._seed = seed
        if program.config.bayes.scheme.draws_weights:
            raise InputError(f"bayes.method must be one whose weights are fixed, not {program.config.bayes.method!r}")
        layers = program.config.layers
        # z is twice a sum of at most count_max.
        self._types = [exact_dtype(2 * layer.count_max) for layer in layers]
        self._signs = [
            2 * torch.as_tensor(weights, device=self.device).to(dtype) - 1
            for weights, dtype in zip(program.weights, self._types, strict=True)
        ]
        self._neurons = [
            real_neurons(program, layer, self.device, self._types[layer.index])
            for layer in program.config.hidden_layers
        ]

    def logits(self, pixels: Any, *, passes: int | None = None, first_pass: int = 0, masks: Any = None) -> Tensor:
        """Return the logits of every pass on every chip.

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        passes
            Monte-Carlo passes T, by default those of the configuration.
        first_pass
            Passes made since the seed was loaded.
        masks
            Mask bits to use instead of those of the stochastic unit, shape (n, T, L).

        Returns
        -------
        int32 tensor, shape (chips, n, T, classes)

        Raises
        ------
        InputError
            An argument has the wrong shape or is out of range.
        """
        config = self.program.config
        pixels = check_pixels(config, pixels, self.device)
        drawn, passes = self._drawn(len(pixels), passes, first_pass, masks)
        shape = (self.chips, len(pixels), passes, config.network.classes)
        logits = torch.empty(shape, dtype=torch.int32, device=self.device)
        fits = self._fits(passes)
        group = max(1, min(self.chips, _WEIGHTS // sum(signs.numel() for signs in self._signs), fits))
        for first in range(0, self.chips, group):
            some = range(first, min(first + group, self.chips))
            faulty = self._some(some)
            size = max(1, fits // len(some))
            for start in range(0, len(pixels), size):
                part = slice(start, start + size)
                faulty.begin(start)
                own = tuple(None if each is None else each[part] for each in drawn)
                logits[some.start : some.stop, part] = self._compute(pixels[part], own, passes, faulty)
        return logits

    def trace(self, pixels: Any, masks: Any = None, *, first_pass: int = 0) -> Trace:
        """Return all intermediate values of one pass per input and chip, the counts as the real numbers they are.

        Parameters
        ----------
        pixels
            Integers 0 to 2^B − 1, shape (n, inputs).
        masks
            Mask bits to use instead of those of the stochastic unit, shape (n, L).
        first_pass
            Number of the pass of the first input since the seed was loaded; each further input has the next one.
        """
        config = self.program.config
        pixels = check_pixels(config, pixels, self.device)
        if masks is not None:
            bits = check_integers("masks", masks, (len(pixels), config.stochastic.mask_width), 0, 1, self.device)
            masks = bits.unsqueeze(1)
        drawn, _ = self._drawn(len(pixels), 1, first_pass, masks)
        faulty, recorder = self._some(range(self.chips)), Recorder(self.chips)
        faulty.begin(0)
        return recorder.trace(self._compute(pixels, drawn, 1, faulty, recorder))

    def _drawn(self, inputs: int, passes: int | None, first_pass: int, masks: Any) -> tuple[Draws, int]:
        """Return the mask of each layer, int64, shape (inputs, passes), and the passes."""
        config = self.program.config
        if masks is None:
            passes = check_passes(config, passes)
            drawn = pass_draws(self.program, inputs, passes=passes, first_pass=first_pass, device=self.device)
        else:
            drawn = check_masks(config, masks, inputs, passes, self.device)
            passes = int(np.shape(masks)[1])
        return tuple(None if each is None else each.long() for each in drawn), passes

    def _some(self, chips: range) -> Chips:
        return Chips(self.fault, self.program.config.layers, self._signs, chips, self._seed, self.device)

    def _fits(self, passes: int) -> int:
        """Return how many chips × inputs are computed at a time."""
        worst, branches = 1, 1
        for layer in self.program.config.layers:
            worst = max(worst, branches * layer.vectors * max(layer.inputs, layer.outputs))
            branches = min(branches << layer.mask_bits, passes)
        return max(1, _VALUES // worst)

    def _compute(
        self, pixels: Tensor, draws: Draws, passes: int, faulty: Chips, recorder: Recorder | None = None
    ) -> Tensor:
        """Return logits, shape (chips, n, T, classes), of pixels (n, inputs) and the mask of each layer (n, T)."""
        layers = self.program.config.layers
        branches = Branches.begin(len(pixels), passes, self.device)
        maps: dict[int, Tensor] = {}
        values = pixels[None, :, None]
        for layer, neurons in zip(layers, self._neurons, strict=False):
            z = self._sums(layer, values, faulty.weights[layer.index])
            if faulty.fault.fresh and layer.index:
                z, maps = branches.separate(z), {index: branches.separate(kept) for index, kept in maps.items()}
                branches = branches.separated()
            z = faulty.disturb(layer, z)
            if layer.skip is not None:
                z = z + layer.skip_gain * (2 * maps[layer.skip].to(z.dtype) - 1)
            if recorder is not None:
                recorder.sums(layer, z)
            chosen = draws[layer.index]
            if chosen is None:
                fired = neurons.fire(z, 0)
            else:
                values_of_mask = 2**layer.mask_bits
                grown = branches.grow(chosen, values_of_mask)
                maps = {index: spread(kept, grown.parents) for index, kept in maps.items()}
                if grown.choice is None:
                    fired = torch.stack([neurons.fire(z, choice) for choice in range(values_of_mask)], dim=3)
                    fired = fired.flatten(2, 3)
                else:
                    fired = neurons.fire(spread(z, grown.parents), grown.choice)
                branches = grown
            values = self._pool(layer, fired)
            if recorder is not None:
                recorder.outputs(layer, fired, values)
            if any(later.skip == layer.index for later in layers):
                maps[layer.index] = values
        z = self._sums(layers[-1], values, faulty.weights[-1])
        if faulty.fault.fresh and len(layers) > 1:
            z, branches = branches.separate(z), branches.separated()
        z = faulty.disturb(layers[-1], z)
        if recorder is not None:
            recorder.sums(layers[-1], z)
        return branches.separate(self._correct(z.squeeze(3)))

    def _sums(self, layer: Layer, values: Tensor, signs: Tensor) -> Tensor:
        """Return z without faults of ``values``, shape (chips or 1, n, branches, [positions,] channels).

        The result has the shape (chips or 1, n, branches, positions, outputs).
        """
        leading = values.shape[:3]
        if layer.window is not None:
            source = layer.window.source
            values = windows(layer.window, values.reshape(-1, source.height, source.width, source.channels))
        values = values.reshape(leading[0], -1, layer.inputs).to(signs.dtype)
        # One product is faster than one for each chip.
        sums = values.flatten(end_dim=1) @ signs[0].T if len(signs) == 1 else values @ signs.transpose(1, 2)
        # Bits and pixels u stand for 2u − (2^B − 1).
        constant = layer.plane_gain * signs.sum(dim=2, keepdim=True).transpose(1, 2)
        z = 2 * sums.view(-1, math.prod(leading[1:]) * layer.vectors, layer.outputs) - constant
        return z.view(-1, *leading[1:], layer.vectors, layer.outputs)

    def _pool(self, layer: Layer, fired: Tensor) -> Tensor:
        """Return what ``layer`` passes on, uint8, of activations (chips, n, branches, positions, outputs)."""
        bits = fired.view(torch.uint8)
        if layer.window is None or layer.pool == 1:
            return bits
        leading = bits.shape[:3]
        maps = bits.reshape(-1, layer.window.height, layer.window.width, layer.outputs)
        return largest(maps, layer.pool).view(*leading, -1, layer.outputs)

    def _correct(self, z: Tensor) -> Tensor:
        """Return the logits (docs/numerics.md#logits) of real z, shape (..., classes)."""
        program, logits = self.program, self.program.config.logits
        gains, offsets, shifts = (
            torch.as_tensor(values, device=self.device) for values in (program.gains, program.offsets, program.shifts)
        )
        half = (1 << shifts) >> 1
        # Whole values are exact: no core's gain · z + offset + half comes near 2^53.
        shifted = (gains * z.double() + offsets + half) / (1 << shifts)
        return shifted.floor().clamp(logits.lowest, logits.highest).to(torch.int32)
