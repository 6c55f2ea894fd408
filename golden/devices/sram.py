"""Static memory with errors of its bits.

Errors of writing, retention and reading.
"""

import dataclasses
import math

import torch
from torch import Tensor
from torch.special import ndtri

from hdl.config import InputError

from .device import DeviceModel, Moments, State
from .draws import Generators, uniform

__all__ = ["DEVICE", "StaticMemory"]

#: Least rate of read errors: draws from N(0, 1) in float32 hardly reach further.
_LEAST = 1e-7


@dataclasses.dataclass(frozen=True, kw_only=True)
class StaticMemory(DeviceModel):
    """Static memory with bits of 0 and ``on`` µS [reading].

    It serves in the place of other cells. A target from ``on``/2 is a 1. All rates are readings: a memory at a low
    supply, and 1,000 upsets in 10⁹ hours and 10⁶ bits [reading].

    Raises
    ------
    InputError
        A rate is no probability.
    """

    name = "sram"
    analog = False

    on: float = 25.0
    """Conductance of a 1, µS."""

    write_error: float = 1e-4
    """Probability that the wrong bit is written."""

    upset_rate: float = 1000 / 1e9 / 1e6 / 3600
    """Rate at which a cell loses its bit permanently, 1/s."""

    read_error: float = 1e-4
    """Probability that a read gives the wrong bit."""

    t_read: float = 1e-9
    """Duration of a read, s."""

    def __post_init__(self) -> None:
        if not 0 <= self.write_error <= 1:
            raise InputError(f"write_error must be between 0 and 1, not {self.write_error!r}")
        if not 0 <= self.upset_rate < math.inf:
            raise InputError(f"upset_rate must be a finite number of at least 0, not {self.upset_rate!r}")
        if self.read_error and not _LEAST <= self.read_error <= 1:
            raise InputError(f"read_error must be 0 or between {_LEAST:g} and 1, not {self.read_error!r}")

    @property
    def limits(self) -> tuple[float, float]:
        """Range from 0 to a 1."""
        return 0.0, self.on

    def freeze(self, targets: Tensor, generator: Generators) -> State:
        """Draw the write error, and the retention time of the bit."""
        wrong, kept = uniform(targets, generator), uniform(targets, generator)
        # A draw from Exp(1) in units of 1/rate; 1 − u is never 0.
        return {"stored": self._wanted(targets) ^ (wrong < self.write_error), "kept": -torch.log1p(-kept)}

    def nominal(self, targets: Tensor) -> State:
        """Return bits without errors."""
        return {"stored": self._wanted(targets), "kept": torch.full_like(targets, torch.inf)}

    def conductance(self, state: State, seconds: float | Tensor, reads: Tensor | None = None) -> Tensor:
        """Return the conductance of each cell's present bit."""
        lost = torch.as_tensor(seconds * self.upset_rate, device=state["kept"].device) > state["kept"]
        return (state["stored"] ^ lost).to(state["kept"].dtype) * self.on

    def read_deviation(self, state: State, seconds: float | Tensor, conductance: Tensor) -> Tensor:
        """Return the root mean square of the error of one read."""
        return torch.full_like(conductance, self.on * math.sqrt(self.read_error))

    def observe(self, conductance: Tensor, deviation: Tensor, noise: Tensor) -> Tensor:
        """Return the wrong bit where the noise is in its upper tail."""
        tail = ndtri(torch.tensor(1 - self.read_error, dtype=torch.float64)).to(noise)
        return torch.where(noise > tail, self.on - conductance, conductance)

    def moments(self, targets: Tensor, seconds: float) -> Moments:
        """Return the moments of a bit that is wrong by a write error or an upset, and not both [derived]."""
        targets = targets.to(torch.float64)
        lost = -math.expm1(-seconds * self.upset_rate)
        other = self.write_error * (1 - lost) + (1 - self.write_error) * lost
        mean = torch.where(self._wanted(targets), 1 - other, torch.full_like(targets, other)) * self.on
        variance = other * (1 - other)
        return Moments(
            mean=mean,
            deviation=torch.full_like(targets, self.on * math.sqrt(variance)),
            read_deviation=torch.full_like(targets, self.on * math.sqrt(self.read_error)),
            kurtosis=torch.full_like(targets, 1 / variance - 3 if variance else math.inf),
            read_kurtosis=torch.full_like(targets, 1 / self.read_error if self.read_error else math.inf),
        )

    def _wanted(self, targets: Tensor) -> Tensor:
        return targets >= self.on / 2


#: Memory at a low supply.
DEVICE = StaticMemory()
