"""Deliberate bugs in ``hdl/results/predictive``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="results/predictive")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "predictive",
        "the largest logit of the pass before counts as well",
        "Mux((beat.index == 0) | (beat.value > largest), beat.value, largest)",
        "Mux(beat.value > largest, beat.value, largest)",
        configuration="predictive",
        part="differences",
    ),
    _bug(
        "predictive",
        "probabilities are rounded down, not half up",
        "(product + (1 << shift - 1)) >> shift",
        "product >> shift",
        configuration="predictive",
        part="normalization",
    ),
    _bug(
        "predictive",
        "the sums of the next input are read",
        "Cat(self.index, ~bank)",
        "Cat(self.index, bank)",
        configuration="predictive",
        part="accumulation",
    ),
    _bug(
        "predictive",
        "mutual information may be negative",
        "Mux(entropy > expected, entropy - expected, 0)",
        "entropy - expected",
        configuration="predictive",
        part="measures",
    ),
)
