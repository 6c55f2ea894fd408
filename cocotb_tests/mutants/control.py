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
    _bug(
        "control",
        "some bytes of a command are a command",
        "readable) & ~partial",
        "readable)",
        part="register_access",
    ),
    _bug(
        "control",
        "the window moves on when a byte of its word is read",
        "request.address[:_BYTE_BITS].any() | (request.write",
        "(request.write",
        part="register_access",
    ),
    _bug(
        "control",
        "events call whose interrupts are not enabled",
        "(self.pending & self.enabled).any()",
        "self.pending.any()",
        part="interrupts",
    ),
    _bug(
        "control",
        "a refused access does not call",
        "registers.fields(Register.ERRORS)",
        "registers.fields(Register.ERRORS)[1:]",
    ),
    _bug(
        "control",
        "an alarm calls again as long as it lasts",
        "(self.alarms & ~known).any()",
        "self.alarms.any()",
        configuration="monitored",
        part="interrupts",
    ),
)
