"""Deliberate bugs of all rooms.

There is at least one in every block that decides a bit, and a file for each room of ``hdl``.
"""

from . import (
    axi,
    control,
    crossbar,
    inputs,
    lanes,
    macro,
    neurons,
    passes,
    predictive,
    results,
    rows,
    stochastic,
    streams,
)
from .mutant import Mutant

__all__ = ["MUTANTS"]

#: All of them, room by room, in the order of :data:`hdl.proofs.ROOMS`.
MUTANTS: tuple[Mutant, ...] = (
    *axi.MUTANTS,
    *inputs.MUTANTS,
    *crossbar.MUTANTS,
    *macro.MUTANTS,
    *neurons.MUTANTS,
    *passes.MUTANTS,
    *results.MUTANTS,
    *predictive.MUTANTS,
    *stochastic.MUTANTS,
    *control.MUTANTS,
    *rows.MUTANTS,
    *lanes.MUTANTS,
    *streams.MUTANTS,
)
