"""Comparison of sampled cells with formulas."""

import dataclasses
import math
from collections.abc import Iterator, Sequence

import torch
from torch import Generator, Tensor
from torch.special import ndtri

from ..common import check_integer
from .cells import Cells
from .device import DeviceModel
from .read_noise import Flicker

__all__ = ["QUANTITIES", "Comparison", "compare", "largest_score", "read_correlation", "sampled_moments"]

#: Least expected number of rare errors for which a Gaussian test is valid.
_EVENTS = 50

#: Least number of cells for a reliable fourth moment of the sample.
_SAMPLE = 1000

#: Compared moments, in the order of :class:`~golden.devices.device.Moments`.
QUANTITIES = ("mean", "deviation", "read deviation")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Comparison:
    """Moment of one target and time, in µS."""

    target: float
    """Target, µS."""

    seconds: float
    """Time since programming, s."""

    quantity: str
    """One of :data:`QUANTITIES`."""

    sampled: float
    """Value over the cells."""

    formula: float
    """Value of the model's formula."""

    standard_error: float
    """Standard deviation of the sampled value under the formula."""

    judged: bool
    """Whether there are enough cells for a Gaussian test."""

    @property
    def score(self) -> float:
        """Difference in standard errors; where nothing is random, 0, or ∞ beyond what float32 resolves."""
        difference = self.sampled - self.formula
        if self.standard_error > 0:
            return difference / self.standard_error
        resolved = torch.finfo(torch.float32).eps * max(abs(self.formula), abs(self.target))
        return 0.0 if abs(difference) <= resolved else math.copysign(math.inf, difference)


def largest_score(comparisons: int, level: float) -> float:
    """Return the two-sided score that the largest of ``comparisons`` exceeds with probability ``level`` at most.

    Bonferroni's bound, so that comparisons need not be independent: those of one cell at several times are dependent.
    """
    return -float(ndtri(torch.tensor(level / (2 * comparisons), dtype=torch.float64)))


def compare(
    model: DeviceModel,
    *,
    targets: Sequence[float],
    times: Sequence[float],
    chips: int,
    cells: int,
    seed: int,
) -> Iterator[Comparison]:
    """Yield the moments of cells that are programmed, and read once at each of several times.

    Parameters
    ----------
    model
        The device.
    targets
        Conductances, µS.
    times
        Times since programming, ascending, s.
    chips, cells
        Chips, and cells of each target on each.
    seed
        Seed of all draws.

    Raises
    ------
    InputError
        A number is too small, a target out of range, or times do not ascend.
    """
    check_integer("chips", chips, 1)
    check_integer("cells", cells, 1)
    check_integer("chips × cells", chips * cells, 2)
    generator = Generator().manual_seed(seed)
    for target in targets:
        made = model.program(torch.full((chips, cells), target), generator)
        for seconds in times:
            made.age(seconds)
            sampled = sampled_moments(made, generator)
            moments = model.moments(torch.tensor(target, dtype=torch.float64), seconds)
            formulas = [float(each) for each in (moments.mean, moments.deviation, moments.read_deviation)]
            count = made.targets.numel()
            spread = _error(formulas[1], moments.kurtosis, sampled[1][1], count)
            read = _error(formulas[2], moments.read_kurtosis, sampled[2][1], count)
            # The error of the mean is known from the formula, and Gaussian where that of the standard deviation is.
            errors = [(formulas[1] / math.sqrt(count), spread[1]), spread, read]
            for quantity, (value, _), formula, (error, judged) in zip(
                QUANTITIES, sampled, formulas, errors, strict=True
            ):
                yield Comparison(
                    target=target,
                    seconds=seconds,
                    quantity=quantity,
                    sampled=value,
                    formula=formula,
                    standard_error=error,
                    judged=judged,
                )


def sampled_moments(cells: Cells, generator: Generator) -> list[tuple[float, float]]:
    """Return mean and standard deviations of ``cells`` now, from one read of each, and their standard errors."""
    conductance = cells.conductance()
    errors = (cells.read(generator)[0] - conductance).to(torch.float64)
    conductance = conductance.to(torch.float64)
    mean = conductance.mean()
    spread, read = (_root_mean_square(each) for each in (conductance - mean, errors))
    return [(float(mean), spread[0] / math.sqrt(conductance.numel())), spread, read]


def read_correlation(
    model: DeviceModel, *, seconds: float, lags: Sequence[float], cells: int, seed: int
) -> list[tuple[float, float]]:
    """Return for each lag, s, the correlation of two reads of 1/f noise at that distance: formula and sampled."""
    generator = Generator().manual_seed(seed)
    found = []
    for lag in lags:
        noise = Flicker.of_device(interval=lag, read_time=model.read_time, seconds=seconds)
        formula = float(noise.autocorrelation(torch.tensor(lag)))
        first, second = noise.sample(torch.zeros(1, cells), generator, 2).to(torch.float64)
        found.append((formula, float((first * second).mean())))
    return found


def _error(deviation: float, kurtosis: Tensor | None, sampled: float, count: int) -> tuple[float, bool]:
    """Return the standard error of a standard deviation, and whether it is known, and Gaussian, well enough.

    Parameters
    ----------
    deviation
        Value of the formula.
    kurtosis
        Value of the formula, if there is one.
    sampled
        Standard error from the fourth moment of the sample.
    count
        Cells.
    """
    if deviation == 0:
        return 0.0, True
    if kurtosis is None:
        return sampled, count >= _SAMPLE
    return deviation * math.sqrt((float(kurtosis) - 1) / count) / 2, count >= _EVENTS * float(kurtosis)


def _root_mean_square(values: Tensor) -> tuple[float, float]:
    """Return the root mean square, and its standard error √(m₄ − m₂²)/(2 √(n m₂)) [derived]."""
    squares = values.square()
    square = float(squares.mean())
    if square == 0:
        return 0.0, 0.0
    root = math.sqrt(square)
    return root, float(squares.std(correction=0)) / (2 * root * math.sqrt(values.numel()))
