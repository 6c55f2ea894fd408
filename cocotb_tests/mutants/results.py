"""Deliberate bugs in ``hdl/results``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="results")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "logits",
        "z is off by one",
        "(count << 1) - layer.count_max",
        "(count << 1) - layer.count_max + 1",
    ),
    _bug(
        "logit_correction",
        "no saturation above",
        "m.If(shifted > logits.highest)",
        "m.If(shifted > 2 * logits.highest)",
        part="logit_scaler",
    ),
    _bug(
        "logit_correction",
        "rounds down, not half up",
        "half.eq(1 << (amount - 1))",
        "half.eq(0)",
        part="logit_scaler",
    ),
    _bug(
        "statistics",
        "the last of several winners gets the vote",
        "Mux((beat.index == 0) | (beat.value > best), beat.index, leader)",
        "Mux((beat.index == 0) | (beat.value >= best), beat.index, leader)",
        part="votes",
    ),
    _bug(
        "statistics",
        "a vote counts once, whatever the pass weighs",
        "votes.eq(self.weight)",
        "votes.eq(1)",
        configuration="prefix",
        part="votes",
    ),
)
