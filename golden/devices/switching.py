"""Thermally activated switching of a magnetic tunnel junction."""

import torch
from torch import Tensor

__all__ = ["switching_hazard", "switching_probability"]


def switching_hazard(barrier: Tensor, current: Tensor | float, pulse: float, attempt_time: float) -> Tensor:
    """Return (t_p/τ₀) e^(−Δ(1 − I/I_c0)), the expected number of switchings in a pulse.

    Parameters
    ----------
    barrier
        Thermal stability Δ, the barrier in units of kT.
    current
        I/I_c0. From 1 on there is no barrier, and the rate stays 1/τ₀ [reading].
    pulse
        t_p, s.
    attempt_time
        τ₀, s.
    """
    left = (1 - torch.as_tensor(current, dtype=barrier.dtype, device=barrier.device)).clamp(min=0)
    return torch.exp(-barrier.clamp(min=0) * left) * (pulse / attempt_time)


def switching_probability(barrier: Tensor, current: Tensor | float, pulse: float, attempt_time: float) -> Tensor:
    """Return P_sw = 1 − exp(−(t_p/τ₀) e^(−Δ(1 − I/I_c0))) of one pulse [reading; standard thermal activation].

    With I = 0 it is the retention, P_flip = 1 − exp(−(t/τ₀) e^(−Δ)). Arguments are those of :func:`switching_hazard`.
    """
    return -torch.expm1(-switching_hazard(barrier, current, pulse, attempt_time))
