"""Measurements of a device, from a CSV file.

On a grid of targets and times.
"""

import csv
import dataclasses
import io
import itertools
import math
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from hdl.config import InputError, brief, read_text

__all__ = ["COLUMNS", "Measurements"]

#: Columns of the file.
COLUMNS = ("target_uS", "seconds", "mean_uS", "programming_deviation_uS", "read_deviation_uS")

_TARGET, _TIME, *_MEASURED = COLUMNS

#: Largest conductance, µS, latest time, s, and smallest number above 0.
_LARGEST, _LATEST, _SMALLEST = 1e6, 1e12, 1e-12

#: Row of the file and its numbers by column.
_Point = tuple[int, dict[str, float]]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Measurements:
    """Mean and standard deviations at every grid point."""

    targets: tuple[float, ...]
    """Targets, ascending, µS."""

    times: tuple[float, ...]
    """Times since programming, ascending, s."""

    values: Tensor
    """Mean, standard deviations of programming and of reads, µS, shape (3, targets, times), float64."""

    @classmethod
    def load(cls, path: Path) -> "Measurements":
        """Read a CSV file with the columns :data:`COLUMNS` in any order.

        Its rows are sorted by target, those of a target by time, and every target has the same times.

        Raises
        ------
        InputError
            The file cannot be read, or a row, which the message names with its column, is invalid.
        """
        rows = _rows(path)
        names = [name.strip() for name in rows[0][1]] if rows else []
        if sorted(names) != sorted(COLUMNS):
            raise InputError(f"{path}: row 1 must be {','.join(COLUMNS)}, not {brief(','.join(names))}")
        points = [(number, _numbers(path, number, names, row)) for number, row in rows[1:]]
        if not points:
            raise InputError(f"{path}: row 2 must be a measurement, and is missing")
        targets, times = _grid(path, points)
        values = torch.tensor([[point[name] for name in _MEASURED] for _, point in points], dtype=torch.float64)
        grid = values.reshape(len(targets), len(times), len(_MEASURED)).permute(2, 0, 1)
        return cls(targets=targets, times=times, values=grid.contiguous())

    def interpolate(self, targets: Tensor, seconds: float | Tensor) -> Tensor:
        """Return mean, programming deviation and read deviation at ``seconds``, shape (3, *targets.shape).

        Linear in the target and in the logarithm of the time; constant before the first time.

        Raises
        ------
        InputError
            The time is later than the last measurement.
        """
        time = torch.as_tensor(seconds, dtype=torch.float64, device=targets.device)
        latest = float(time.max())
        # Rounding to float32 does not make a time later.
        if latest > self.times[-1] * (1 + torch.finfo(torch.float32).eps):
            raise InputError(f"seconds must be at most {self.times[-1]:g}, the last that was measured, not {latest:g}")
        row, down = _place(self.targets, targets)
        column, along = _place([math.log(each) for each in self.times], time.log())
        values, along = self.values.to(targets), along.to(targets)
        next_row, next_column = (row + 1).clamp(max=len(self.targets) - 1), (column + 1).clamp(max=len(self.times) - 1)
        earlier = torch.lerp(values[:, row, column], values[:, next_row, column], down)
        later = torch.lerp(values[:, row, next_column], values[:, next_row, next_column], down)
        return torch.lerp(earlier, later, along)


def _place(points: Sequence[float], values: Tensor) -> tuple[Tensor, Tensor]:
    """Return the index of the point before each of ``values``, and the fraction of the interval to the next one."""
    grid = torch.tensor(points, dtype=values.dtype, device=values.device)
    if len(grid) == 1:
        return torch.zeros_like(values, dtype=torch.int64), torch.zeros_like(values)
    index = (torch.bucketize(values.contiguous(), grid, right=True) - 1).clamp(0, len(grid) - 2)
    return index, ((values - grid[index]) / (grid[index + 1] - grid[index])).clamp(0, 1)


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows of the file that are not empty, with their numbers."""
    try:
        reader = csv.reader(io.StringIO(read_text(path)))
        return [(reader.line_num, row) for row in reader if row]
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"{path} must be a CSV file, not something else") from None
    except OSError as error:
        raise InputError(f"{path} must be a CSV file that can be read ({error.strerror})") from None


def _numbers(path: Path, row: int, names: Sequence[str], cells: Sequence[str]) -> dict[str, float]:
    """Return the numbers of a row by column."""
    if len(cells) != len(names):
        raise InputError(f"{path}: row {row} must have {len(names)} columns, not {len(cells)}")
    numbers = {}
    for name, cell in zip(names, cells, strict=True):
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        wanted, enough = ("of at least 0", number >= 0) if name != _TIME else ("above 0", number > 0)
        most = _LATEST if name == _TIME else _LARGEST
        if 0 < number < _SMALLEST:
            wanted, enough = f"of at least {_SMALLEST:g}", False
        if enough and most < number < math.inf:
            wanted, enough = f"of at most {most:g}", False
        if not enough or math.isinf(number):
            raise InputError(f"{path}: row {row}, column {name} must be a number {wanted}, not {brief(cell.strip())}")
        numbers[name] = number
    return numbers


def _grid(path: Path, points: Sequence[_Point]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return targets and times of rows that are a whole grid in order."""
    targets = tuple(dict.fromkeys(point[_TARGET] for _, point in points))
    times = tuple(point[_TIME] for _, point in points if point[_TARGET] == targets[0])
    for name, values in ((_TARGET, targets), (_TIME, times)):
        for before, after in itertools.pairwise(values):
            if not before < after:
                row = next(number for number, point in points[1:] if point[name] == after)
                raise InputError(f"{path}: row {row}, column {name} must be more than {before:g}, not {after:g}")
    wanted = [{_TARGET: target, _TIME: time} for target in targets for time in times]
    for (row, point), place in zip(points, wanted, strict=False):
        for name, value in place.items():
            if point[name] != value:
                raise InputError(
                    f"{path}: row {row}, column {name} must be {value:g}, the next point of the grid, "
                    f"not {point[name]:g}"
                )
    row = points[-1][0]
    if len(points) < len(wanted):
        target, time = wanted[len(points)].values()
        raise InputError(f"{path}: row {row + 1} must be of target {target:g} at {time:g} s, and is missing")
    if len(points) > len(wanted):
        row, point = points[len(wanted)]
        raise InputError(f"{path}: row {row}, column {_TIME} must not come again, like {point[_TIME]:g}")
    return targets, times
