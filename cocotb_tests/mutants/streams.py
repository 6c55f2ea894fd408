"""Deliberate bugs in ``hdl/streams``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="streams")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "tee",
        "the second reader may miss a beat",
        "self.i.ready.eq(~Cat(pending).any())",
        "self.i.ready.eq(~pending[0])",
    ),
)
