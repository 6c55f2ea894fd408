"""Deliberate bugs in ``hdl/control``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="control")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "control",
        "the number of passes may change while an input is in the core",
        "running.eq(self.enable | in_flight.busy)",
        "running.eq(self.enable)",
    ),
)
