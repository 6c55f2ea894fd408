"""Interface of every device model."""

import abc
import dataclasses
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor

from hdl.config import InputError

from .cells import Cells
from .draws import Generators

__all__ = ["DeviceModel", "Moments", "State"]

#: Frozen state of each cell, by name, each entry of the shape of the targets.
State = Mapping[str, Tensor]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Moments:
    """Moments over the cells of each target.

    In µS, float64, in the shape of the targets.
    """

    mean: Tensor
    """Mean of the conductance."""

    deviation: Tensor
    """Standard deviation of the conductance from cell to cell, without that of reading."""

    read_deviation: Tensor
    """Root mean square, over the cells, of the difference between a read and the conductance."""

    kurtosis: Tensor | None = None
    """E[(G − mean)⁴]/deviation⁴ where rare errors dominate it; without it, it is estimated from the sample."""

    read_kurtosis: Tensor | None = None
    """The same for the error of a read."""


class DeviceModel(abc.ABC):
    """Model of one kind of memory cell.

    Conductances are in µS and times in s.

    A model has no state: its constants are its fields, and the draws of programming are a :data:`State`, which the
    functions of time take. :class:`~golden.devices.cells.Cells` holds it together with the time. A new device is a file
    with the five functions below (docs/devices.md).
    """

    #: Name in configurations and on the command line.
    name: ClassVar[str]

    #: Whether every conductance of the range can be a target, rather than only two.
    analog: ClassVar[bool] = True

    #: Whether reads change cells, so that each read has its own conductance.
    disturbed: ClassVar[bool] = False

    #: Duration of one read, s.
    t_read: float

    @property
    @abc.abstractmethod
    def limits(self) -> tuple[float, float]:
        """Lowest and highest target, µS."""

    @property
    def first_read(self) -> float:
        """Time after programming to which the noise refers, s: the least age of cells.

        That is after one read, unless a model defines it otherwise.
        """
        return self.read_time

    @property
    def last_read(self) -> float:
        """Last time after programming in the range of the model, s."""
        return math.inf

    @property
    def read_time(self) -> float:
        """Duration of one read, s."""
        return self.t_read

    @abc.abstractmethod
    def freeze(self, targets: Tensor, generator: Generators) -> State:
        """Draw the frozen state of cells with ``targets``, shape (chips, ...)."""

    @abc.abstractmethod
    def nominal(self, targets: Tensor) -> State:
        """Return the state of cells without spread: programmed without error, with the mean of each exponent."""

    @abc.abstractmethod
    def conductance(self, state: State, seconds: float | Tensor, reads: Tensor | None = None) -> Tensor:
        """Return the conductance of cells, without the noise of a read.

        Parameters
        ----------
        state
            Frozen state, shape (chips, ...).
        seconds
            Time since programming, for all cells or for each.
        reads
            Reads since programming, any shape that broadcasts; without it, none. Only models that are
            ``disturbed`` use it.
        """

    @abc.abstractmethod
    def read_deviation(self, state: State, seconds: float | Tensor, conductance: Tensor) -> Tensor:
        """Return the root mean square of the error of one read of cells that have ``conductance`` at present.

        Reads are Gaussian unless :meth:`observe` defines otherwise.
        """

    @abc.abstractmethod
    def moments(self, targets: Tensor, seconds: float) -> Moments:
        """Return the moments over cells of ``targets`` that were never read, by formula."""

    def observe(self, conductance: Tensor, deviation: Tensor, noise: Tensor) -> Tensor:
        """Return the values of reads with ``noise``, which is distributed as N(0, 1)."""
        return conductance + deviation * noise

    def program(self, targets: Any, generator: Generators) -> Cells:
        """Return cells that were programmed to ``targets``, conductances of shape (chips, ...).

        Parameters
        ----------
        targets
            Conductances, µS; float32 unless they are float64 already.
        generator
            Source of all frozen draws, for all chips or for each.

        Raises
        ------
        InputError
            A target is not a number or out of range.
        """
        return Cells(self, self.check(targets), generator)

    def check(self, targets: Any) -> Tensor:
        """Return ``targets`` as a tensor of floats.

        Raises
        ------
        InputError
            A target is not a number or out of range.
        """
        tensor = torch.as_tensor(targets)
        if tensor.dtype not in (torch.float32, torch.float64):
            tensor = tensor.to(torch.float32)
        if tensor.numel():
            # The ends themselves are targets, in any precision.
            lowest, highest = torch.tensor(self.limits, dtype=tensor.dtype).tolist()
            least, most = (float(end) for end in torch.aminmax(tensor))
            # A comparison with NaN is false.
            if not (lowest <= least and most <= highest):
                wrong = least if not lowest <= least else most
                raise InputError(f"targets must be between {lowest:g} and {highest:g} µS, not {wrong:g}")
        return tensor
