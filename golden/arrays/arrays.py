"""Arrays of a core, and digital arrays with sampled weights."""

import abc
import dataclasses

import numpy as np
import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.contract import Program

from ..common import exact_dtype
from ..draws import WeightDraws

__all__ = ["Arrays", "DigitalArrays", "Sweeps"]

#: Weights that are drawn at a time, so that they stay in a processor's cache.
_WEIGHTS = 1 << 21


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Sweeps:
    """Consecutive sweeps of one layer.

    A *sweep* is one visit of all groups of word lines of a layer: one bit plane of one vector of one pass of one input.
    Sweeps of a layer are numbered in this order from the load of the seeds on, the highest plane first.
    """

    first: int
    """Number of the first of them."""

    bits: Tensor
    """Input bits in each sweep, uint8 of 0 and 1, shape (sweeps, layer.inputs)."""

    sets: Tensor | None = None
    """Set of weights that each sweep reads, int64, shape (sweeps,); None where the layer has one set."""


class Arrays(abc.ABC):
    """All arrays of a core."""

    @abc.abstractmethod
    def counts(self, layer: Layer, sweeps: Sweeps) -> Tensor:
        """Return the counts of the arrays of ``layer`` in ``sweeps``.

        Returns
        -------
        int64 tensor, shape (sweeps, layer.outputs): word lines that agree with their weight, all row tiles added up
        """


class DigitalArrays(Arrays):
    """Digital arrays with sampled weights.

    Probability codes in memory are compared with draws of shift registers (docs/numerics.md#sampled-weights).

    Parameters
    ----------
    program
        Codes and seed.
    device
        Where to compute.

    Raises
    ------
    InputError
        The weights of the Program are fixed.
    """

    def __init__(self, program: Program, device: str | torch.device = "cpu"):
        config = program.config
        self._device = torch.device(device)
        self._draws = [WeightDraws(config, layer, program.seed) for layer in config.layers]
        each = (torch.from_numpy(codes.T.astype(np.int32)) for codes in program.weights)
        self._codes = [codes.to(self._device) for codes in each]

    def counts(self, layer: Layer, sweeps: Sweeps) -> Tensor:
        """Return the agreements of the bits with weights that are drawn for these sweeps."""
        if layer.sampling is None:
            raise InputError(f"layer must have weights that are drawn, not {layer!r}")
        first_sweep, bits = sweeps.first, sweeps.bits
        shared = layer.sweeps if layer.sampling.drawn_per == "pass" else 1
        counts = torch.empty((len(bits), layer.outputs), dtype=torch.int64, device=self._device)
        # Sweeps up to the end of the first visit that draws, then those of whole visits.
        at_a_time = max(1, _WEIGHTS // (layer.inputs * layer.outputs)) * shared
        start = 0
        while start < len(bits):
            stop = min(len(bits), (first_sweep + start) // shared * shared + at_a_time - first_sweep)
            counts[start:stop] = self._agreements(layer, first_sweep + start, bits[start:stop], shared)
            start = stop
        return counts

    def _agreements(self, layer: Layer, first_sweep: int, bits: Tensor, shared: int) -> Tensor:
        """Return the counts of sweeps, ``shared`` of which use the same weights, beginning anywhere among these."""
        visit, before = divmod(first_sweep, shared)
        visits = -(-(before + len(bits)) // shared)
        signs = 2 * self.weights(layer, visit, visits).to(exact_dtype(layer.inputs)) - 1
        values = torch.zeros((visits * shared, layer.inputs), dtype=signs.dtype, device=self._device)
        values[before : before + len(bits)] = 2 * bits.to(signs.dtype) - 1
        z = torch.bmm(values.view(visits, shared, layer.inputs), signs).flatten(end_dim=1)
        return z[before : before + len(bits)].to(torch.int64) + layer.inputs >> 1

    def weights(self, layer: Layer, first: int, count: int) -> Tensor:
        """Return the weights that some visits draw, bool of shape (count, inputs, outputs): True is +1.

        ``first`` is the number of visits that drew before: sweeps, or passes where ``sampling`` is "pass".
        """
        codes, limits = self._codes[layer.index], self._draws[layer.index].limits(first, count).to(self._device)
        if limits.shape[2] > 1:
            generator = torch.arange(layer.outputs, device=self._device) % limits.shape[2]
            limits = limits[:, :, generator]
        return limits < codes
