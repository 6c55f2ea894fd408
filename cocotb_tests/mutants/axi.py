"""Deliberate bugs in ``hdl/axi``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="axi")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "axi_core",
        "packets that are too long are told as too short",
        "core.long_packet.eq(pixels.too_long)",
        "core.long_packet.eq(pixels.too_short)",
    ),
    _bug(
        "axi_core",
        "the interrupt line is not connected",
        "self.irq.eq(core.irq)",
        "self.irq.eq(0)",
    ),
)
