"""Targets of weights whose programming is not exact."""

import torch
from torch import Generator, Tensor
from torch.special import ndtr

from hdl.config import InputError

from .pair import Pair, PairCells
from .verified_programming import VerifiedProgramming, once

__all__ = ["SpreadTargets", "program_pair"]

#: Range ± of the scores (m − m₀) / s of the targets that are measured.
_SCORES = 8.0
_POINTS = 513
#: Pairs of each target on the test chip.
_PAIRS = 512


def program_pair(
    pair: Pair, targets: Tensor, generator: Generator, verify: VerifiedProgramming | None
) -> tuple[PairCells, int, int]:
    """Return weights whose weight cells were programmed to ``targets``, with the pulses and failed cells."""
    program = once if verify is None else verify.program
    weight = program(pair.model, targets, generator)
    noise = program(pair.model, torch.full_like(weight.cells.targets, pair.noise_target), generator)
    cells = PairCells(weight.cells, noise.cells)
    return cells, weight.pulses + noise.pulses, weight.failed + noise.failed


class SpreadTargets:
    """Targets for the intended mean probability over cells.

    At a given age, the *mean over all cells* of P(w = +1) is the intended one. Programming noise and drift are frozen
    and move the P of each weight. With targets for exact cells the mean P over chips is nearer to ½ than intended: E
    Φ((d + ε) / s) = Φ(d / √(s² + σ_ε²)). These targets lie correspondingly further from m₀; then the variance of a
    weight over reads *and* chips is 4 P (1 − P), that of training, whatever part of it is frozen [derived]. The mean is
    measured on a test chip of the same cells, programmed in the same way, so that it works for any device.

    Parameters
    ----------
    pair
        Kind of weight.
    verify
        Programming scheme of the cells.
    seconds
        Age at which P has its intended mean.
    seed
        Seed of the test chip.

    Raises
    ------
    InputError
        The age is before the first read.
    """

    def __init__(self, pair: Pair, *, verify: VerifiedProgramming | None, seconds: float, seed: int):
        scores = torch.linspace(-_SCORES, _SCORES, _POINTS, dtype=torch.float64)
        self._targets = pair.targets(ndtr(scores))
        cells, _, _ = program_pair(
            pair, self._targets.float().expand(_PAIRS, -1), Generator().manual_seed(seed), verify
        )
        cells.age(seconds)
        measured = cells.probability().double().mean(dim=0)
        # Measured means are noisy; the true ones are monotone.
        self._means = (measured.cummax(dim=0).values + measured.flip(0).cummin(dim=0).values.flip(0)) / 2

    def __call__(self, probability: Tensor) -> Tensor:
        """Return m for each ``probability`` of +1, µS, float32; an unreachable one gets the nearest reachable m.

        Raises
        ------
        InputError
            A probability is not between 0 and 1.
        """
        if not bool(((probability >= 0) & (probability <= 1)).all()):
            raise InputError("probability must be between 0 and 1")
        each, places = probability.double().cpu().unique(return_inverse=True)
        above = torch.searchsorted(self._means, each).clamp(1, _POINTS - 1)
        low, high = self._means[above - 1], self._means[above]
        part = ((each - low) / (high - low).clamp(min=torch.finfo(torch.float64).tiny)).clamp(0, 1)
        targets = torch.lerp(self._targets[above - 1], self._targets[above], part)
        return targets.float()[places].to(probability.device)
