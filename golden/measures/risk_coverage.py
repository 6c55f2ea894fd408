"""Risk and coverage of selective prediction."""

import dataclasses

import torch
from torch import Tensor

from hdl.config import InputError

from .tied_scores import mean_of_ties

__all__ = ["RiskCoverage", "risk_coverage"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class RiskCoverage:
    """Risk–coverage curve (Geifman and El-Yaniv, 2017)."""

    coverage: Tensor
    """Share of the inputs that are answered, float64, shape (n,): 1 / n, 2 / n … 1."""

    risk: Tensor
    """Share of the answers that are wrong at each coverage, float64, shape (n,)."""

    aurc: float
    """Area under the curve, the mean of the risks, 0 to 1; lower is better."""

    excess: float
    """Excess area over that of a score that ranks every right answer before every wrong one (E-AURC)."""


def risk_coverage(score: Tensor, right: Tensor) -> RiskCoverage:
    """Answer the inputs of the smallest ``score`` first, and count the errors.

    Inputs of equal score are averaged over all their orders: the curve depends on no order.

    Parameters
    ----------
    score
        Uncertainty of each input, shape (n,).
    right
        Whether each answer is right, bool, shape (n,).

    Raises
    ------
    InputError
        The shapes differ, or there is no input.
    """
    if score.ndim != 1 or not len(score) or right.shape != score.shape:
        raise InputError(
            f"score and right must have one shape (n,), n at least 1, not {tuple(score.shape)} and {tuple(right.shape)}"
        )
    wrong = mean_of_ties(score, ~right)[score.argsort()]
    answered = torch.arange(1, len(score) + 1, dtype=torch.float64, device=score.device)
    risk = wrong.cumsum(0) / answered
    perfect = (~right).double().sort().values.cumsum(0) / answered
    return RiskCoverage(
        coverage=answered / len(score), risk=risk, aurc=float(risk.mean()), excess=float((risk - perfect).mean())
    )
