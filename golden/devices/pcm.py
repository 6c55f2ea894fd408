"""Phase-change memory with drift and 1/f noise."""

import dataclasses
import math

import torch
from torch import Tensor
from torch.special import ndtr

from .device import DeviceModel, Moments, State
from .draws import Generators, normal
from .quadrature import normal_nodes
from .rectified import rectified_moments

__all__ = ["DEVICE", "PhaseChangeMemory"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class PhaseChangeMemory(DeviceModel):
    """Phase-change memory, IBM's statistical model [code].

    As in the documentation of aihwkit.

    With g = G/g_max of the target G, natural logarithms and t since programming::

        G_prog  = max(N(G, σ_prog(g)), 0)
        σ_prog  = max(−1.1731 g² + 1.9650 g + 0.2635, 0) µS
        ν       = |N(μ_ν, σ_ν)|,  μ_ν = clip(−0.0155 ln g + 0.0244, 0.049, 0.1)
                                  σ_ν = clip(−0.0125 ln g − 0.0059, 0.008, 0.045)
        G(t)    = G_prog (t/t₀)^(−ν)
        σ_read  = G(t) min(0.0088/g^0.65, 0.2) √ln((t + t_read)/(2 t_read))

    G_prog and ν are frozen when a cell is programmed, and independent [reading]; a conductance is never negative
    [code]. The scales turn an effect off (0) or make it stronger.
    """

    name = "pcm"

    g_max: float = 25.0
    """Highest target, µS."""

    programming: tuple[float, float, float] = (0.2635, 1.9650, -1.1731)
    """Coefficients of g⁰, g¹ and g² in σ_prog, µS."""

    drift_mean: tuple[float, float, float, float] = (-0.0155, 0.0244, 0.049, 0.1)
    """Slope, constant, lowest and highest value of μ_ν."""

    drift_spread: tuple[float, float, float, float] = (-0.0125, -0.0059, 0.008, 0.045)
    """Slope, constant, lowest and highest value of σ_ν."""

    read: tuple[float, float, float] = (0.0088, 0.65, 0.2)
    """Factor, exponent and highest value of the relative read noise."""

    t_0: float = 20.0
    """Time of the first read, to which drift refers, s."""

    t_read: float = 250e-9
    """Duration of a read, s."""

    programming_scale: float = 1.0
    """Factor of σ_prog."""

    drift_scale: float = 1.0
    """Factor of ν."""

    read_scale: float = 1.0
    """Factor of σ_read."""

    programmed_noise: bool = False
    """Whether g in σ_read is that of G_prog, as in the code of aihwkit, and not the target's."""

    @property
    def limits(self) -> tuple[float, float]:
        """Range from 0 to g_max."""
        return 0.0, self.g_max

    @property
    def first_read(self) -> float:
        """Return t₀."""
        return self.t_0

    def programming_deviation(self, targets: Tensor) -> Tensor:
        """Return σ_prog of ``targets``, µS."""
        g = targets / self.g_max
        constant, linear, square = self.programming
        return (constant + linear * g + square * g.square()).clamp(min=0) * self.programming_scale

    def exponent(self, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return μ_ν and σ_ν of ``targets``."""
        # ln 0 is −∞, which the limits bound.
        logarithm = (targets / self.g_max).log()
        mean, spread = (
            (slope * logarithm + constant).clamp(min=lowest, max=highest) * self.drift_scale
            for slope, constant, lowest, highest in (self.drift_mean, self.drift_spread)
        )
        return mean, spread

    def relative_noise(self, targets: Tensor, seconds: float | Tensor) -> Tensor:
        """Return σ_read/G(t) of cells whose g is that of ``targets``."""
        factor, exponent, highest = self.read
        relative = (factor / (targets / self.g_max) ** exponent).clamp(max=highest) * self.read_scale
        decades = torch.as_tensor((seconds + self.t_read) / (2 * self.t_read), dtype=targets.dtype).log()
        return relative * decades.sqrt().to(targets.device)

    def freeze(self, targets: Tensor, generator: Generators) -> State:
        """Draw G_prog and ν."""
        mean, spread = self.exponent(targets)
        error = self.programming_deviation(targets) * normal(targets, generator)
        return {
            "target": targets,
            "programmed": (targets + error).clamp(min=0),
            "exponent": (mean + spread * normal(targets, generator)).abs(),
        }

    def nominal(self, targets: Tensor) -> State:
        """Return G_prog = G and ν = μ_ν."""
        return {"target": targets, "programmed": targets, "exponent": self.exponent(targets)[0]}

    def conductance(self, state: State, seconds: float | Tensor, reads: Tensor | None = None) -> Tensor:
        """Return G(t)."""
        programmed = state["programmed"]
        ratio = torch.as_tensor(seconds / self.t_0, dtype=programmed.dtype, device=programmed.device)
        return programmed * ratio ** -state["exponent"]

    def read_deviation(self, state: State, seconds: float | Tensor, conductance: Tensor) -> Tensor:
        """Return σ_read."""
        origin = state["programmed" if self.programmed_noise else "target"]
        return conductance * self.relative_noise(origin, seconds)

    def moments(self, targets: Tensor, seconds: float) -> Moments:
        """Return the moments in closed form [derived].

        G_prog is a rectified Gaussian. With L = ln(t/t₀), E[(t/t₀)^(−ν)] of ν = |N(μ, σ)| is
        e^(−Lμ + L²σ²/2) Φ(μ/σ − Lσ) + e^(Lμ + L²σ²/2) Φ(−μ/σ − Lσ); its square has 2L instead of L. With
        ``programmed_noise`` the read deviation is by quadrature.
        """
        targets = targets.to(torch.float64)
        programming = self.programming_deviation(targets)
        first, second = rectified_moments(targets, programming)
        mean, spread = self.exponent(targets)
        decades = math.log(seconds / self.t_0)
        once, twice = (_mean_decay(mean, spread, multiple * decades) for multiple in (1, 2))
        mean_square = second * twice
        average = first * once
        if self.programmed_noise:
            places, weights = normal_nodes()
            programmed = (targets[..., None] + programming[..., None] * places).clamp(min=0)
            read = (programmed * self.relative_noise(programmed, seconds)).square() @ weights * twice
        else:
            read = mean_square * self.relative_noise(targets, seconds).square()
        return Moments(
            mean=average, deviation=(mean_square - average.square()).clamp(min=0).sqrt(), read_deviation=read.sqrt()
        )


def _mean_decay(mean: Tensor, spread: Tensor, decades: float) -> Tensor:
    """Return E[exp(−``decades`` |N(mean, spread)|)]."""
    ratio = mean / spread.clamp(min=torch.finfo(mean.dtype).tiny)
    curve = (decades * spread).square() / 2
    above = torch.exp(-decades * mean + curve) * ndtr(ratio - decades * spread)
    return above + torch.exp(decades * mean + curve) * ndtr(-ratio - decades * spread)


#: Model with the published constants.
DEVICE = PhaseChangeMemory()
