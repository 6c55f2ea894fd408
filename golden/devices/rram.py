"""Resistive memory.

Programming spread, relaxation, drift and read noise that depends on the state.
"""

import dataclasses
import math

import torch
from torch import Tensor

from .device import DeviceModel, Moments, State
from .draws import Generators, normal
from .quadrature import normal_nodes
from .rectified import rectified_moments

__all__ = ["DEVICE", "ResistiveMemory"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class ResistiveMemory(DeviceModel):
    """Filamentary oxide memory (CMO/HfOx) [code].

    As in aihwkit's `ReRamCMONoiseModel`.

    With natural logarithms, t since programming in s and conductances in µS::

        G_prog  = N(G, 0.01122 + 0.01129 G)                         written and verified to within 2 %
        G(t)    = max(G_prog − 0.08900 ln t + (0.41183 + 0.04201 ln t) z, 0)
        σ_read  = 0.02773 log₁₀(G(t)) √ln((t + t_read)/(2 t_read))  t_read = 1 µs

    The middle term is drift, the last one relaxation, which is present after the first second and grows. z ~ N(0, 1) is
    frozen for each cell [reading: the code draws anew at each time]. Conductances are clipped at 0 and not at the ends
    of the range, and below 1 µS there is no read noise [reading].
    """

    name = "rram"

    g_min: float = 9.0
    """Lowest target, µS."""

    g_max: float = 88.2
    """Highest target, µS."""

    programming: tuple[float, float] = (0.0112185391, 0.01129027418)
    """Constant, in µS, and slope of the standard deviation of programming."""

    drift: float = -0.08900206
    """Shift of the mean per factor of e in time, µS."""

    relaxation: tuple[float, float] = (0.41183342, 0.04201137)
    """Standard deviation of the relaxation after a second, and its growth per factor of e in time, µS."""

    read_factor: float = 0.0277316483
    """Standard deviation of a read per factor of ten in conductance, µS."""

    t_read: float = 1e-6
    """Duration of a read, s."""

    t_0: float = 1.0
    """Time of the first read, s."""

    @property
    def limits(self) -> tuple[float, float]:
        """Range from g_min to g_max."""
        return self.g_min, self.g_max

    @property
    def first_read(self) -> float:
        """Return t₀."""
        return self.t_0

    def programming_deviation(self, targets: Tensor) -> Tensor:
        """Return the standard deviation of programming to ``targets``, µS."""
        constant, slope = self.programming
        return constant + slope * targets

    def freeze(self, targets: Tensor, generator: Generators) -> State:
        """Draw G_prog and z."""
        error = self.programming_deviation(targets) * normal(targets, generator)
        return {"programmed": targets + error, "relaxation": normal(targets, generator)}

    def nominal(self, targets: Tensor) -> State:
        """Return G_prog = G and z = 0."""
        return {"programmed": targets, "relaxation": torch.zeros_like(targets)}

    def conductance(self, state: State, seconds: float | Tensor, reads: Tensor | None = None) -> Tensor:
        """Return G(t)."""
        programmed = state["programmed"]
        decades = torch.as_tensor(seconds, dtype=programmed.dtype, device=programmed.device).log()
        constant, growth = self.relaxation
        moved = self.drift * decades + (constant + growth * decades) * state["relaxation"]
        return (programmed + moved).clamp(min=0)

    def read_deviation(self, state: State, seconds: float | Tensor, conductance: Tensor) -> Tensor:
        """Return σ_read."""
        duration = (seconds + self.t_read) / (2 * self.t_read)
        band = torch.as_tensor(duration, dtype=conductance.dtype, device=conductance.device).log().sqrt()
        return self.read_factor * band * conductance.log10().clamp(min=0)

    def moments(self, targets: Tensor, seconds: float) -> Moments:
        """Return the moments of a rectified Gaussian, those of the read noise by quadrature [derived]."""
        targets = targets.to(torch.float64)
        decades = math.log(seconds)
        constant, growth = self.relaxation
        mean = targets + self.drift * decades
        deviation = torch.hypot(
            self.programming_deviation(targets), torch.full_like(targets, constant + growth * decades)
        )
        first, second = rectified_moments(mean, deviation)
        places, weights = normal_nodes()
        conductance = (mean[..., None] + deviation[..., None] * places).clamp(min=0)
        state = self.nominal(conductance)
        square = self.read_deviation(state, seconds, conductance).square() @ weights
        return Moments(
            mean=first, deviation=(second - first.square()).clamp(min=0).sqrt(), read_deviation=square.sqrt()
        )


#: Model with the published constants.
DEVICE = ResistiveMemory()
