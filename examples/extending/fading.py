"""Cells whose conductance fades exponentially."""

import dataclasses

import torch
from torch import Tensor

from golden.devices import DeviceModel, Generators, Moments, State, normal, uniform


@dataclasses.dataclass(frozen=True, kw_only=True)
class FadingMemory(DeviceModel):
    """Analog cells that leak, each at its own rate; an example with constants of no real device.

    G(t) = G_prog e^(−λt) with G_prog = N(G, (spread G)²), and λ the mean of ``shape`` draws from Exp(1), in 1/lifetime.
    A read has the standard deviation noise · G(t).
    """

    name = "fading"

    g_max: float = 25.0
    """Highest target, µS."""

    spread: float = 0.02
    """Relative standard deviation of programming."""

    lifetime: float = 10 * 86400.0
    """Reciprocal of the mean rate, s."""

    shape: int = 4
    """Draws whose mean is the rate of a cell: the more, the less rates differ."""

    noise: float = 0.01
    """Relative standard deviation of a read."""

    t_read: float = 1e-6
    """Duration of a read, s."""

    @property
    def limits(self) -> tuple[float, float]:
        """Range from 0 to g_max."""
        return 0.0, self.g_max

    def freeze(self, targets: Tensor, generator: Generators) -> State:
        """Draw G_prog and λ."""
        programmed = targets * (1 + self.spread * normal(targets, generator))
        # 1 − u is never 0.
        draws = [-torch.log1p(-uniform(targets, generator)) for _ in range(self.shape)]
        return {"programmed": programmed, "rate": torch.stack(draws).mean(dim=0) / self.lifetime}

    def nominal(self, targets: Tensor) -> State:
        """Return G_prog = G and the mean rate."""
        return {"programmed": targets, "rate": torch.full_like(targets, 1 / self.lifetime)}

    def conductance(self, state: State, seconds: float | Tensor, reads: Tensor | None = None) -> Tensor:
        """Return G(t)."""
        return state["programmed"] * torch.exp(-state["rate"] * seconds)

    def read_deviation(self, state: State, seconds: float | Tensor, conductance: Tensor) -> Tensor:
        """Return noise · G(t)."""
        return self.noise * conductance.abs()

    def moments(self, targets: Tensor, seconds: float) -> Moments:
        """Return the moments: E[e^(−nλt)] = (1 + n t / (shape · lifetime))^(−shape) of a gamma distribution."""
        targets = targets.to(torch.float64)
        once, twice = ((1 + n * seconds / (self.shape * self.lifetime)) ** -self.shape for n in (1, 2))
        mean, square = targets * once, targets.square() * (1 + self.spread**2) * twice
        return Moments(
            mean=mean, deviation=(square - mean.square()).clamp(min=0).sqrt(), read_deviation=self.noise * square.sqrt()
        )


DEVICE = FadingMemory()
