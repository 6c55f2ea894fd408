"""Drift compensation by moving the comparators' reference."""

from typing import Literal

import torch
from torch import Generator, Tensor

from ..arrays import search_reference
from ..devices import PairCells

__all__ = ["compensate"]

#: Steps of the search for a reference, each of which gives one bit.
_STEPS = 16
#: Code of a reference that is no offset.
_MIDDLE = 1 << _STEPS - 1

#: References are searched within ± this many standard deviations of a read.
_RANGE = 4.0


def compensate(
    cells: PairCells,
    wanted: Tensor,
    kind: Literal["none", "global", "column"],
    *,
    reads: int,
    generator: Generator,
) -> Tensor:
    """Return the references of one layer of a chip, µS, at which a known vector has its expected count.

    The known vector drives every word line with +1, so that a column counts its weights that are +1: Σ P(w = +1) in the
    mean, known from the codes. The search is that of the controller of a macro,
    :func:`golden.arrays.search_reference` [reading].

    Parameters
    ----------
    cells
        Weights, shape (1, outputs, inputs).
    wanted
        Intended P(w = +1), of that shape.
    kind
        One reference for all columns, one for each, or none: 0.
    reads
        Reads for each bit.
    generator
        Source of the noise of the reads.

    Returns
    -------
    Tensor
        Shape (1, 1 or outputs, 1).
    """
    if kind == "none":
        return torch.zeros(1, 1, 1, dtype=cells.deviation().dtype, device=wanted.device)
    over = (1, 2) if kind == "global" else (2,)
    target = wanted.sum(dim=over, keepdim=True) * reads
    difference, deviation = cells.difference(), cells.deviation()
    step = _RANGE * deviation.mean() / _MIDDLE

    def count(codes: Tensor) -> Tensor:
        # The mean count of many reads is that of one read with the noise of its sum.
        p = torch.special.ndtr((difference - (codes - _MIDDLE) * step) / deviation)
        mean, variance = p.sum(dim=over, keepdim=True) * reads, (p * (1 - p)).sum(dim=over, keepdim=True) * reads
        noise = torch.randn(mean.shape, generator=generator).to(mean)
        return mean + variance.sqrt() * noise

    return (search_reference(count, target, _STEPS) - _MIDDLE) * step
