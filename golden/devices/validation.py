"""Sampled cells against the formulas of their model."""

import dataclasses
import math
from collections.abc import Iterator, Sequence

import torch
from torch import Generator, Tensor
from torch.special import ndtri

from ..checks import check_integer
from .cells import Cells
from .device import DeviceModel
from .read_noise import Flicker

__all__ = ["QUANTITIES", "Comparison", "compare", "largest_score", "read_correlation", "sampled_moments"]

#: Rare errors that have to be expected; of fewer, a Gaussian is a poor judge.
_EVENTS = 50

#: Moments that are compared, in the order of :class:`~golden.devices.device.Moments`.
QUANTITIES = ("mean", "deviation", "read deviation")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Comparison:
    """One moment of one target at one time, in µS."""

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
    """Standard deviation of the sampled value, if the formula is right."""

    judged: bool
    """Whether there are cells enough for a Gaussian to say how far it may be off."""

    @property
    def score(self) -> float:
        """Difference in standard errors; where nothing is random, 0, or ∞ beyond what float32 resolves."""
        difference = self.sampled - self.formula
        if self.standard_error > 0:
            return difference / self.standard_error
        resolved = torch.finfo(torch.float32).eps * abs(self.formula)
        return 0.0 if abs(difference) <= resolved else math.copysign(math.inf, difference)


def largest_score(comparisons: int, level: float) -> float:
    """Return the score that the largest of so many exceeds, on either side, with at most the probability ``level``.

    Bonferroni's bound, so that comparisons need not be independent: those of one cell at several times are not.
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
    """Yield the moments of cells that are programmed, and read once at each of some times.

    Parameters
    ----------
    model
        The device.
    targets
        Conductances, µS.
    times
        Times since programming, rising, s.
    chips, cells
        Chips, and cells of each target on each.
    seed
        Seed of everything.

    Raises
    ------
    InputError
        A number is too small, a target out of range, or times do not rise.
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
            formulas = (moments.mean, moments.deviation, moments.read_deviation)
            count = made.targets.numel()
            kurtoses = [None if each is None else float(each) for each in (moments.kurtosis, moments.read_kurtosis)]
            # The error of the mean is known from the formula; those of deviations need the fourth moment.
            errors = [float(moments.deviation) / math.sqrt(count)]
            for formula, kurtosis, (_, error) in zip(formulas[1:], kurtoses, sampled[1:], strict=True):
                known = kurtosis is not None and float(formula) > 0
                errors.append(float(formula) * math.sqrt((kurtosis - 1) / count) / 2 if known else error)
            rare = [kurtosis is not None and count < _EVENTS * kurtosis for kurtosis in (kurtoses[0], *kurtoses)]
            for quantity, (value, _), formula, error, few in zip(
                QUANTITIES, sampled, formulas, errors, rare, strict=True
            ):
                yield Comparison(
                    judged=not few or float(formula) == 0,
                    target=target,
                    seconds=seconds,
                    quantity=quantity,
                    sampled=value,
                    formula=float(formula),
                    standard_error=error,
                )


def sampled_moments(cells: Cells, generator: Generator) -> list[tuple[float, float]]:
    """Return mean, deviation and read deviation of ``cells`` now, from one read of each, and their standard errors."""
    conductance = cells.conductance()
    errors = (cells.read(generator)[0] - conductance).to(torch.float64)
    conductance = conductance.to(torch.float64)
    mean = conductance.mean()
    spread, read = (_root_mean_square(each) for each in (conductance - mean, errors))
    return [(float(mean), spread[0] / math.sqrt(conductance.numel())), spread, read]


def read_correlation(
    model: DeviceModel, *, seconds: float, lags: Sequence[float], cells: int, seed: int
) -> list[tuple[float, float]]:
    """Return for each lag, s, the correlation of two reads of 1/f noise that are so far apart: formula and sampled."""
    generator = Generator().manual_seed(seed)
    found = []
    for lag in lags:
        noise = Flicker.of_device(interval=lag, read_time=model.read_time, seconds=seconds)
        formula = float(noise.autocorrelation(torch.tensor(lag)))
        first, second = noise.sample(torch.zeros(1, cells), generator, 2).to(torch.float64)
        found.append((formula, float((first * second).mean())))
    return found


def _root_mean_square(values: Tensor) -> tuple[float, float]:
    """Return it, and its standard error √(m₄ − m₂²)/(2 √(n m₂)) [derived]."""
    squares = values.square()
    square = float(squares.mean())
    if square == 0:
        return 0.0, 0.0
    root = math.sqrt(square)
    return root, float(squares.std(correction=0)) / (2 * root * math.sqrt(values.numel()))
