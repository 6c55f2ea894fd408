"""Deliberate bugs in ``hdl/rows``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="rows")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "row_access",
        "does not wait for the computation to end",
        "m.If(self.command.valid & self.idle)",
        "m.If(self.command.valid)",
    ),
    _bug(
        "row_access",
        "the groups of columns of a row are in reverse order",
        "Cat(row, word)[self._width :]",
        "Cat(word, row)[: len(row)]",
        layer=1,
        configuration="grouped",
    ),
    _bug(
        "row_store",
        "every line is written",
        "self.write & (self.line == line)",
        "self.write",
    ),
    _bug(
        "row_router",
        "thresholds go to the crossbar",
        "(address.thresholds == thresholds) & (address.layer == layer)",
        "(address.layer == layer)",
    ),
)
