"""Ideal cells."""

import dataclasses

import torch
from torch import Tensor

from .device import DeviceModel, Moments, State
from .draws import Generators

__all__ = ["DEVICE", "Ideal"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Ideal(DeviceModel):
    """Constant conductance with Gaussian read noise.

    The conductance is the target for ever. The standard deviation of the noise is 0 unless given.
    """

    name = "ideal"

    g_max: float = 25.0
    """Highest target, µS; that of `pcm`."""

    noise: float = 0.0
    """Standard deviation of a read, µS."""

    t_read: float = 250e-9
    """Duration of a read, s; that of `pcm`."""

    @property
    def limits(self) -> tuple[float, float]:
        """Range from 0 to g_max."""
        return 0.0, self.g_max

    def freeze(self, targets: Tensor, generator: Generators) -> State:
        """Draw nothing."""
        return self.nominal(targets)

    def nominal(self, targets: Tensor) -> State:
        """Return the targets."""
        return {"target": targets}

    def conductance(self, state: State, seconds: float | Tensor, reads: Tensor | None = None) -> Tensor:
        """Return the targets."""
        return state["target"]

    def read_deviation(self, state: State, seconds: float | Tensor, conductance: Tensor) -> Tensor:
        """Return the constant standard deviation."""
        return torch.full_like(conductance, self.noise)

    def moments(self, targets: Tensor, seconds: float) -> Moments:
        """Return the moments of the targets."""
        targets = targets.to(torch.float64)
        return Moments(
            mean=targets, deviation=torch.zeros_like(targets), read_deviation=torch.full_like(targets, self.noise)
        )


#: Without any noise.
DEVICE = Ideal()
