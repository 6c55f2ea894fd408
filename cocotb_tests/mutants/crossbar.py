"""Deliberate bugs in ``hdl/crossbar``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="crossbar")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "accumulator",
        "bit planes are not doubled",
        "self.total[plane - 1] if plane",
        "self.total[plane] if plane",
    ),
    _bug(
        "crossbar",
        "begins a vector for whose counts there is no place",
        "full.eq(outstanding == _PLACES)",
        "full.eq(0)",
        part="read_sequencer",
    ),
    _bug(
        "crossbar",
        "a row command has its turn between two groups of columns",
        "(self.begins & self.hold) | (self.between & full)",
        "self.between & (self.hold | full)",
        layer=1,
        configuration="grouped",
        part="read_sequencer",
    ),
    _bug(
        "crossbar",
        "a group of columns goes on with the draws of the one before",
        "self._begins(reads), reads.between",
        "reads.between, reads.between",
        configuration="grouped_draws",
    ),
    _bug(
        "weight_sampler",
        "the largest code is not always +1",
        "lowest & ~functools.reduce(operator.and_, others)",
        "lowest",
        configuration="drawn",
    ),
    _bug(
        "weight_sampler",
        "each column tile begins with generator 0",
        "layer.generator_of(col_tile)",
        "0",
        configuration="drawn",
    ),
    _bug(
        "weight_sampler",
        "an equal draw is +1",
        "less: Value = Const(0, len(word))",
        "less: Value = Const(-1, len(word))",
        configuration="drawn",
    ),
    _bug(
        "weight_draws",
        "shifts once too few",
        "range(self._bits)",
        "range(self._bits - 1)",
        configuration="drawn",
    ),
    _bug(
        "weight_draws",
        "a pass goes on where the one before began",
        "self.step & self.begin",
        "self.step & self.again",
        configuration="drawn_maps",
    ),
    _bug(
        "weight_draws",
        "a seed is loaded into all registers",
        "Mux(bit, stage | load, stage & ~load)",
        "Mux(bit, ~0, 0)",
        configuration="drawn",
    ),
)
