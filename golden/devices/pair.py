"""Random binary weights as pairs of cells.

The weight is the sign of the difference of two reads.
"""

import dataclasses
import math
from typing import Any

import torch
from torch import Tensor
from torch.special import ndtr, ndtri

from hdl.config import InputError

from ..common import check_integer
from .cells import Cells
from .device import DeviceModel
from .draws import Generators, normal
from .read_noise import ReadNoise

__all__ = ["Pair", "PairCells"]

#: Steps of the bisection, each of which gives one bit of the target.
_STEPS = 48

#: Number of targets at which (m − m₀)/s(m) is checked to increase.
_GRID = 1024


class PairCells:
    """Programmed weights of some chips, shape (chips, ...).

    Parameters
    ----------
    weight
        Weight cells, programmed to m.
    noise
        Noise cells, programmed to m₀.
    """

    def __init__(self, weight: Cells, noise: Cells):
        self.weight = weight
        self.noise = noise

    def age(self, seconds: float) -> None:
        """Advance the time of all cells, as :meth:`Cells.age`."""
        self.weight.age(seconds)
        self.noise.age(seconds)

    def difference(self) -> Tensor:
        """Return the present G_w − G_n, µS, without the noise of a read."""
        return self.weight.conductance() - self.noise.conductance()

    def deviation(self) -> Tensor:
        """Return the standard deviation of one read of the difference at present, µS."""
        return torch.hypot(self.weight.read_deviation(), self.noise.read_deviation())

    def probability(self, reference: float | Tensor = 0.0) -> Tensor:
        """Return the true present P(w = +1) of each weight, shape (chips, ...).

        Without read noise, 0 or 1, and ½ at the reference itself.
        """
        excess = self.difference() - reference
        # Without noise the quotient is ±∞, and NaN where the excess is 0 too.
        return ndtr((excess / self.deviation()).nan_to_num(nan=0.0, posinf=math.inf, neginf=-math.inf))

    def sample(
        self,
        generator: Generators,
        *,
        reads: int = 1,
        reference: float | Tensor = 0.0,
        correlation: ReadNoise | None = None,
    ) -> Tensor:
        """Read every weight ``reads`` times.

        One draw stands for the noise of both cells: the difference of two Gaussians is a Gaussian, and if both have the
        same autocorrelation so has the difference [derived].

        Parameters
        ----------
        generator
            Source of the noise.
        reads
            Number of reads.
        reference
            Reference of the comparison, µS, in any shape that broadcasts to (chips, ...): drift compensation
            moves it.
        correlation
            Noise of the reads, independent without it.

        Returns
        -------
        Tensor
            True for +1, shape (reads, chips, ...).
        """
        check_integer("reads", reads, 1)
        difference = self.difference()
        if correlation is None:
            noise = normal(difference, generator, reads=reads)
        else:
            noise = correlation.sample(difference, generator, reads)
        return difference + self.deviation() * noise > reference


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pair:
    """Weight as a pair of cells [reading].

    w = sign(I_w − I_n − reference).

    The weight cell is programmed to m and the noise cell to m₀, and P(w = +1) = Φ((m − m₀)/s(m)) with
    s(m)² = σ_read(m)² + σ_read(m₀)² at the time of the first read [reading]. That is for cells that are programmed
    without error; programming noise is frozen and moves the P of each weight, which *is* the variation between
    deployments [derived].

    Raises
    ------
    InputError
        The device has only two levels or no read noise, or m₀ is out of its range.
    """

    model: DeviceModel
    """Device model of the cells."""

    noise_target: float
    """m₀, µS."""

    def __post_init__(self) -> None:
        if not self.model.analog:
            raise InputError(f"device must have targets between its levels, not {self.model.name!r}")
        self.model.check(self.noise_target)
        if not float(self._deviation(torch.tensor(self.noise_target, dtype=torch.float64))) > 0:
            raise InputError(f"device must have read noise, not {self.model.name!r}, which has none")
        lowest, highest = self.model.limits
        scores = self._score(torch.linspace(lowest, highest, _GRID, dtype=torch.float64))
        if not bool((scores.diff() > 0).all()):
            raise InputError(f"noise_target must let P rise with the target, not {self.noise_target!r}")

    def deviation(self, targets: Tensor) -> Tensor:
        """Return the standard deviation s(m) of ``targets``, µS, float64."""
        return self._deviation(self.model.check(targets).to(torch.float64))

    def realised(self, targets: Tensor) -> Tensor:
        """Return P(w = +1) of weight cells that are programmed to ``targets`` without error, float64."""
        return ndtr(self._score(self.model.check(targets).to(torch.float64)))

    def targets(self, probability: Any) -> Tensor:
        """Return m for each ``probability`` of +1, µS; the end of the range where the device cannot reach it.

        Parameters
        ----------
        probability
            P(w = +1), any shape; float32 unless it is float64 already. 0 and 1 are the ends of the range.

        Raises
        ------
        InputError
            A probability is not a number between 0 and 1.
        """
        wanted = torch.as_tensor(probability)
        if wanted.dtype != torch.float64:
            wanted = wanted.to(torch.float32)
        if wanted.numel():
            least, most = (float(end) for end in torch.aminmax(wanted))
            # A comparison with NaN is false.
            if not (least >= 0 and most <= 1):
                raise InputError(f"probability must be between 0 and 1, not {(most if least >= 0 else least):g}")
        # Distinct probabilities are few, and weights many.
        each, places = wanted.unique(return_inverse=True)
        scores = ndtri(each.to(torch.float64))
        lowest, highest = self.model.limits
        low, high = torch.full_like(scores, lowest), torch.full_like(scores, highest)
        for _ in range(_STEPS):
            middle = (low + high) / 2
            below = self._score(middle) < scores
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        found = (low + high) / 2
        ends = torch.tensor([lowest, highest], dtype=torch.float64, device=scores.device)
        first, last = self._score(ends)
        found = torch.where(scores <= first, ends[0], torch.where(scores >= last, ends[1], found))
        return found.to(wanted.dtype)[places]

    def program(self, probability: Any, generator: Generators) -> PairCells:
        """Return weights that were programmed for ``probability`` of +1, shape (chips, ...).

        The weight cells draw first.
        """
        return self.program_targets(self.targets(probability), generator)

    def program_targets(self, targets: Tensor, generator: Generators) -> PairCells:
        """Return weights whose weight cells were programmed to ``targets``, µS, shape (chips, ...)."""
        weight = self.model.program(targets, generator)
        noise = self.model.program(torch.full_like(weight.targets, self.noise_target), generator)
        return PairCells(weight, noise)

    def _nominal(self, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return conductance and standard deviation of a read, at the first read of cells without spread."""
        state, seconds = self.model.nominal(targets), self.model.first_read
        conductance = self.model.conductance(state, seconds)
        return conductance, self.model.read_deviation(state, seconds, conductance)

    def _deviation(self, targets: Tensor) -> Tensor:
        return self._both(targets)[1]

    def _score(self, targets: Tensor) -> Tensor:
        difference, deviation = self._both(targets)
        return difference / deviation

    def _both(self, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return difference and standard deviation of pairs with ``targets``."""
        reference = torch.tensor(self.noise_target, dtype=targets.dtype, device=targets.device)
        (weight, own), (noise, other) = self._nominal(targets), self._nominal(reference)
        return weight - noise, torch.hypot(own, other)
