"""Program-and-verify on many chips at once."""

import dataclasses
from typing import Any

import torch

from hdl.config import InputError

from ..common import check_integer
from .cells import Cells
from .device import DeviceModel
from .draws import Generators

__all__ = ["ProgrammedCells", "VerifiedProgramming", "once"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class ProgrammedCells:
    """Programmed cells, with their cost."""

    cells: Cells
    """Cells."""

    pulses: int
    """Programming pulses of all cells."""

    failed: int
    """Cells that were out of tolerance after the last pulse."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class VerifiedProgramming:
    """Program-and-verify of cells [reading].

    A cell too far from its target is pulsed again. Every pulse programs the cell anew, so that the remaining error is
    the programming noise within the tolerance, as far as the noise of the verify reads reveals it.

    Raises
    ------
    InputError
        The tolerance is not positive, or there is no pulse or no read.
    """

    tolerance: float
    """Largest accepted difference between a verify read and the target, µS."""

    max_pulses: int = 10
    """Largest number of pulses for one cell."""

    reads: int = 8
    """Reads that a verify read averages."""

    def __post_init__(self) -> None:
        if not self.tolerance > 0:
            raise InputError(f"tolerance must be more than 0 µS, not {self.tolerance!r}")
        check_integer("max_pulses", self.max_pulses, 1)
        check_integer("reads", self.reads, 1)

    def program(self, model: DeviceModel, targets: Any, generator: Generators) -> ProgrammedCells:
        """Return cells of ``model`` with ``targets``, µS, shape (chips, ...).

        A cell that never comes within the tolerance is counted as failed.
        """
        cells = model.program(targets, generator)
        pulses = failed = cells.targets.numel()
        pending = torch.ones_like(cells.targets, dtype=torch.bool)
        for pulse in range(1, self.max_pulses + 1):
            read = cells.read(generator, reads=self.reads).mean(dim=0)
            # An accepted cell is not checked again.
            pending &= (read - cells.targets).abs() > self.tolerance
            failed = int(pending.sum())
            if not failed or pulse == self.max_pulses:
                break
            cells.reprogram(pending, cells.targets, generator)
            pulses += failed
        return ProgrammedCells(cells=cells, pulses=pulses, failed=failed)


def once(model: DeviceModel, targets: Any, generator: Generators) -> ProgrammedCells:
    """Return cells that got one pulse each and were not looked at."""
    cells = model.program(targets, generator)
    return ProgrammedCells(cells=cells, pulses=cells.targets.numel(), failed=0)
