"""User-defined device as a table of measurements."""

import dataclasses
from pathlib import Path

import torch
from torch import Tensor

from .device import DeviceModel, Moments, State
from .draws import Generators, normal
from .measurements import Measurements
from .rectified import rectified_moments

__all__ = ["MeasuredDevice"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class MeasuredDevice(DeviceModel):
    """Device with measured mean and standard deviations.

    A cell's conductance is max(mean + programming deviation · z, 0), with z ~ N(0, 1) frozen for each cell [reading: a
    cell that is high stays high], and the error of a read is Gaussian with the read deviation. Between grid points
    all three are linear in the target and in the logarithm of the time [reading]; after the last time
    they are unknown, and refused.
    """

    name = "table"

    measurements: Measurements
    """Measurements."""

    t_read: float = 250e-9
    """Duration of a read, s; that of `pcm`."""

    @classmethod
    def load(cls, path: Path) -> "MeasuredDevice":
        """Return the device of a CSV file, as :meth:`Measurements.load` reads it."""
        return cls(measurements=Measurements.load(path))

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest measured target."""
        targets = self.measurements.targets
        return targets[0], targets[-1]

    @property
    def first_read(self) -> float:
        """First measured time."""
        return self.measurements.times[0]

    @property
    def last_read(self) -> float:
        """Last measured time."""
        return self.measurements.times[-1]

    def freeze(self, targets: Tensor, generator: Generators) -> State:
        """Draw z."""
        return {"target": targets, "error": normal(targets, generator)}

    def nominal(self, targets: Tensor) -> State:
        """Return z = 0."""
        return {"target": targets, "error": torch.zeros_like(targets)}

    def conductance(self, state: State, seconds: float | Tensor, reads: Tensor | None = None) -> Tensor:
        """Return the interpolated conductance, with the error of each cell."""
        mean, deviation, _ = self.measurements.interpolate(state["target"], seconds)
        return (mean + deviation * state["error"]).clamp(min=0)

    def read_deviation(self, state: State, seconds: float | Tensor, conductance: Tensor) -> Tensor:
        """Return the interpolated read deviation."""
        return self.measurements.interpolate(state["target"], seconds)[2]

    def moments(self, targets: Tensor, seconds: float) -> Moments:
        """Return the moments of a rectified Gaussian."""
        mean, deviation, read = self.measurements.interpolate(targets.to(torch.float64), seconds)
        first, second = rectified_moments(mean, deviation)
        return Moments(mean=first, deviation=(second - first.square()).clamp(min=0).sqrt(), read_deviation=read)
