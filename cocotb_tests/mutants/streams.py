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
    _bug(
        "queue",
        "a beat is offered before there is one",
        "self.o.valid.eq(beats.r_rdy)",
        "self.o.valid.eq(1)",
    ),
    _bug(
        "queued_branch",
        "a vector is lost while the queue is full",
        "tee.first.ready.eq(queue.i.ready)",
        "tee.first.ready.eq(1)",
        configuration="residual",
    ),
)
