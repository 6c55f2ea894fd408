"""Cells of chips after programming, with age."""

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from hdl.config import InputError

from ..common import check_integer
from .draws import Generators
from .read_noise import Independent, ReadNoise

if TYPE_CHECKING:
    from .device import DeviceModel, State

__all__ = ["Cells"]


class Cells:
    """Jointly programmed cells, shape (chips, ...).

    Time starts at :attr:`DeviceModel.first_read` when programming ends, and advances only by :meth:`age`.

    Parameters
    ----------
    model
        Device model.
    targets
        Conductances, µS, shape (chips, ...).
    generator
        Source of all frozen draws.
    """

    def __init__(self, model: "DeviceModel", targets: Tensor, generator: Generators):
        self._model = model
        self._targets = targets
        self._state: State = model.freeze(targets, generator)
        self._seconds = model.first_read
        # For each cell, once some were programmed later than others.
        self._programmed: Tensor | None = None
        self._reads: Tensor = torch.zeros((), dtype=torch.float64, device=targets.device)

    @property
    def model(self) -> "DeviceModel":
        """Device model."""
        return self._model

    @property
    def targets(self) -> Tensor:
        """Target conductances of the last programming, µS."""
        return self._targets

    @property
    def state(self) -> "State":
        """State that programming froze."""
        return self._state

    @property
    def seconds(self) -> float:
        """Time since the first programming, s."""
        return self._seconds

    def age(self, seconds: float) -> None:
        """Advance time to ``seconds`` after the first programming.

        Raises
        ------
        InputError
            That time is in the past, not a number, or beyond the range of the model.
        """
        if not self._seconds <= seconds < math.inf:
            raise InputError(f"seconds must be a finite number of at least {self._seconds:g}, not {seconds!r}")
        latest = self._model.last_read
        if seconds > latest:
            raise InputError(f"seconds must be at most {latest:g}, the last that was measured, not {seconds!r}")
        self._seconds = float(seconds)

    def conductance(self) -> Tensor:
        """Return the present conductances, µS, without the noise of a read."""
        return self._model.conductance(self._state, self._since(), self._reads)

    def read_deviation(self) -> Tensor:
        """Return the root mean square of the error of one read at present, µS."""
        return self._model.read_deviation(self._state, self._since(), self.conductance())

    def read(self, generator: Generators, *, reads: int = 1, correlation: ReadNoise | None = None) -> Tensor:
        """Read every cell ``reads`` times; time stands still meanwhile.

        Parameters
        ----------
        generator
            Source of the noise.
        reads
            Number of reads.
        correlation
            Noise of the reads, independent without it. Correlated noise continues with the next call.

        Returns
        -------
        Tensor
            Read values, µS, shape (reads, chips, ...). A read of little conductance may be negative: the noise is
            that of the current and not of the cell [reading].

        Raises
        ------
        InputError
            ``reads`` is less than 1.
        """
        check_integer("reads", reads, 1)
        noise = (Independent() if correlation is None else correlation).sample(self._targets, generator, reads)
        seen: Tensor | None = None
        if self._model.disturbed:
            # Every read is affected by those before it.
            indices = torch.arange(reads, dtype=self._reads.dtype, device=self._reads.device)
            seen = self._reads + indices.reshape(-1, *(1,) * self._targets.ndim)
            self._reads = self._reads + reads
        since = self._since()
        conductance = self._model.conductance(self._state, since, seen)
        deviation = self._model.read_deviation(self._state, since, conductance)
        return self._model.observe(conductance, deviation, noise)

    def reprogram(self, mask: Tensor, targets: Any, generator: Generators) -> None:
        """Program the cells of ``mask`` again, at the present time, to ``targets``; the others are unchanged.

        Draws are made for all cells, so that they do not depend on the mask.

        Parameters
        ----------
        mask
            Cells to program, shape (chips, ...).
        targets
            Conductances, µS; those outside of the mask are ignored.
        generator
            Source of all frozen draws.

        Raises
        ------
        InputError
            The mask has another shape or a target of the mask is out of range.
        """
        if mask.shape != self._targets.shape or mask.dtype != torch.bool:
            wanted = f"a bool tensor of shape {tuple(self._targets.shape)}"
            raise InputError(f"mask must be {wanted}, not {mask.dtype} of shape {tuple(mask.shape)}")
        wished = torch.as_tensor(targets, dtype=self._targets.dtype, device=self._targets.device)
        self._targets = self._model.check(torch.where(mask, wished, self._targets))
        drawn = self._model.freeze(self._targets, generator)
        self._state = {name: torch.where(mask, drawn[name], old) for name, old in self._state.items()}
        if self._seconds > self._model.first_read:
            before = 0.0 if self._programmed is None else self._programmed
            now = torch.full_like(self._targets, self._seconds - self._model.first_read, dtype=torch.float64)
            self._programmed = torch.where(mask, now, torch.as_tensor(before, dtype=now.dtype, device=now.device))
        if self._model.disturbed:
            self._reads = torch.where(mask, torch.zeros_like(self._reads), self._reads)

    def _since(self) -> float | Tensor:
        """Return the time since each cell was programmed."""
        if self._programmed is None:
            return self._seconds
        return (self._seconds - self._programmed).to(self._targets.dtype)
