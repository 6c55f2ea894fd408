"""Magnetic tunnel junctions as cells.

Two conductances, write errors, retention and read disturb.
"""

import dataclasses

import torch
from torch import Tensor

from .device import DeviceModel, Moments, State
from .draws import Generators, normal, uniform
from .quadrature import normal_nodes
from .rectified import rectified_moments
from .switching import switching_hazard, switching_probability

__all__ = ["DEVICE", "MagneticTunnelJunction"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class MagneticTunnelJunction(DeviceModel):
    """Magnetic tunnel junction switched by thermal activation.

    Its states are parallel (P) and antiparallel (AP). A target nearer to G_P is written as P, any other as AP. The
    effects on a cell::

        G_P ~ N(135.7, 5.5) µS, G_AP ~ N(53.2, 2.5) µS    spread of manufacture [code: 0.1357 ± 0.0055, 0.0532 ± 0.0025,
                                                          read as mS]
        Δ ~ N(60, 3), I_c0 spread by 5 %                  [reading]
        write error       exp(−(t_w/τ₀) e^(−Δ(1 − I_w/I_c0))): it keeps the other state [reading]
        retention         P_flip = 1 − exp(−(t/τ₀) e^(−Δ)), to the other state, once [reading]
        read disturb      P_sw of each read, at I_r/I_c0, towards P [reading]
        read noise        Gaussian, in proportion to the conductance [reading]

    τ₀ = 1 ns [reading; standard thermal activation]. The flips of a cell are determined from the start: it is flipped
    once the expected number of switchings exceeds a draw from Exp(1), so that the state does not depend on the steps in
    which time advances [derived].
    """

    name = "mtj"
    analog = False
    disturbed = True

    parallel: float = 135.7
    """Mean of G_P, µS."""

    antiparallel: float = 53.2
    """Mean of G_AP, µS."""

    parallel_spread: float = 5.5
    """Standard deviation of G_P, µS."""

    antiparallel_spread: float = 2.5
    """Standard deviation of G_AP, µS."""

    barrier: float = 60.0
    """Mean of Δ."""

    barrier_spread: float = 3.0
    """Standard deviation of Δ."""

    critical_spread: float = 0.05
    """Standard deviation of I_c0, relative."""

    attempt_time: float = 1e-9
    """τ₀, s."""

    write_time: float = 10e-9
    """t_w, s."""

    write_current: float = 1.25
    """I_w over the mean of I_c0."""

    t_read: float = 10e-9
    """Duration of a read, s."""

    read_current: float = 0.2
    """I_r over the mean of I_c0."""

    read_noise: float = 0.01
    """Standard deviation of a read, relative."""

    @property
    def limits(self) -> tuple[float, float]:
        """Range from AP to P."""
        return self.antiparallel, self.parallel

    def write_error(self, barrier: Tensor, critical: Tensor) -> Tensor:
        """Return the probability that cells with Δ and I_c0, over its mean, are not switched."""
        return torch.exp(-switching_hazard(barrier, self.write_current / critical, self.write_time, self.attempt_time))

    def freeze(self, targets: Tensor, generator: Generators) -> State:
        """Draw conductances, Δ, I_c0, the write error, and the expected switchings that flip the cell."""
        drawn = {name: normal(targets, generator) for name in ("parallel", "antiparallel", "barrier", "critical")}
        error, retention, disturb = (uniform(targets, generator) for _ in range(3))
        barrier = self.barrier + self.barrier_spread * drawn["barrier"]
        critical = self._critical(drawn["critical"])
        return {
            "parallel": (self.parallel + self.parallel_spread * drawn["parallel"]).clamp(min=0),
            "antiparallel": (self.antiparallel + self.antiparallel_spread * drawn["antiparallel"]).clamp(min=0),
            "barrier": barrier,
            "critical": critical,
            "stored": self._wanted(targets) ^ (error < self.write_error(barrier, critical)),
            # Draws from Exp(1); 1 − u is never 0.
            "retention": -torch.log1p(-retention),
            "disturb": -torch.log1p(-disturb),
        }

    def nominal(self, targets: Tensor) -> State:
        """Return cells without spread that never switch spontaneously."""
        never = torch.full_like(targets, torch.inf)
        return {
            "parallel": torch.full_like(targets, self.parallel),
            "antiparallel": torch.full_like(targets, self.antiparallel),
            "barrier": torch.full_like(targets, self.barrier),
            "critical": torch.ones_like(targets),
            "stored": self._wanted(targets),
            "retention": never,
            "disturb": never,
        }

    def conductance(self, state: State, seconds: float | Tensor, reads: Tensor | None = None) -> Tensor:
        """Return the conductance of each cell's present state."""
        # In logarithms, for which the range of float32 suffices: for t e^−Δ it does not.
        time = torch.as_tensor(seconds / self.attempt_time, dtype=state["barrier"].dtype).log()
        flipped = time.to(state["barrier"].device) - state["barrier"] > state["retention"].log()
        parallel = state["stored"] ^ flipped
        if reads is not None:
            parallel = parallel | (reads * self._disturb(state) > state["disturb"])
        return torch.where(parallel, state["parallel"], state["antiparallel"])

    def read_deviation(self, state: State, seconds: float | Tensor, conductance: Tensor) -> Tensor:
        """Return the read noise in proportion to the conductance."""
        return self.read_noise * conductance

    def moments(self, targets: Tensor, seconds: float) -> Moments:
        """Return the moments of a mixture of both states, for cells that were never read [derived].

        The probability of the other state is that of a write error or a flip and not both, averaged over Δ and I_c0 by
        the trapezoidal rule.
        """
        targets = targets.to(torch.float64)
        places, weights = normal_nodes()
        barrier = self.barrier + self.barrier_spread * places[:, None]
        error = self.write_error(barrier, self._critical(places)[None, :]) @ weights
        flipped = switching_probability(barrier[:, 0], 0.0, seconds, self.attempt_time)
        other = (error * (1 - flipped) + (1 - error) * flipped) @ weights
        states = (
            (self.parallel, self.parallel_spread),
            (self.antiparallel, self.antiparallel_spread),
        )
        (first, square), (first_other, square_other) = (
            rectified_moments(*torch.tensor(each, dtype=torch.float64)) for each in states
        )
        share = torch.where(self._wanted(targets), 1 - other, other)
        mean = share * first + (1 - share) * first_other
        mean_square = share * square + (1 - share) * square_other
        variance = (mean_square - mean.square()).clamp(min=0)
        fourth = share * _fourth_moment(mean, *states[0]) + (1 - share) * _fourth_moment(mean, *states[1])
        return Moments(
            mean=mean,
            deviation=variance.sqrt(),
            read_deviation=self.read_noise * mean_square.sqrt(),
            kurtosis=fourth / variance.square(),
        )

    def _wanted(self, targets: Tensor) -> Tensor:
        """Return the cells whose target is P."""
        return targets >= (self.parallel + self.antiparallel) / 2

    def _critical(self, drawn: Tensor) -> Tensor:
        return (1 + self.critical_spread * drawn).clamp(min=torch.finfo(drawn.dtype).eps)

    def _disturb(self, state: State) -> Tensor:
        """Return the expected number of switchings in one read."""
        return switching_hazard(state["barrier"], self.read_current / state["critical"], self.t_read, self.attempt_time)


def _fourth_moment(origin: Tensor, mean: float, deviation: float) -> Tensor:
    """Return E[(X − origin)⁴] of X ~ N(mean, deviation)."""
    square, variance = (origin - mean).square(), deviation**2
    return square.square() + 6 * square * variance + 3 * variance**2


#: With published conductances; the rest are readings.
DEVICE = MagneticTunnelJunction()
