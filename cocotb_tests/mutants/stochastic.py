"""Deliberate bugs in ``hdl/stochastic``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="stochastic")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "lfsr",
        "a tap is wrong",
        "bits[stage - 1] for stage in",
        "bits[stage - 2] for stage in",
    ),
    _bug(
        "stochastic_unit",
        "drops with one code too many",
        "bit.eq(draw >= code)",
        "bit.eq(draw > code)",
    ),
    _bug(
        "self_test",
        "the last draw of a window is not counted",
        "self.drops.eq(drops_next)",
        "self.drops.eq(drops)",
        configuration="monitored",
    ),
    _bug(
        "self_test",
        "only too many drops are out of bounds",
        "abs(self.deviation) >",
        "self.deviation >",
        configuration="monitored",
    ),
    _bug(
        "unit_faults",
        "a unit that is stuck is not among the alarms",
        "Cat(test.stuck | test.out_of_bounds for test in tests)",
        "Cat(test.out_of_bounds for test in tests)",
        configuration="entropies",
        part="self_test_bank",
    ),
    _bug(
        "unit_faults",
        "a draw that nobody uses is watched",
        "step if len(bits) == steps else step & (index != steps - 1)",
        "step",
        configuration="entropies",
        part="stochastic_unit",
    ),
    _bug(
        "unit_faults",
        "all units take the draw of the first",
        "beat.word_select(unit, ",
        "beat.word_select(0, ",
        configuration="entropies",
        part="stochastic_unit",
    ),
    _bug(
        "local_units",
        "the last channels get what the first ones should",
        "Cat(held[local.units :], values)",
        "Cat(values, held)",
        configuration="spatial",
    ),
    _bug(
        "local_units",
        "draws ahead",
        "step.eq(self.demand & ~self.drawn.valid & ~loads)",
        "step.eq(~self.drawn.valid & ~loads)",
        configuration="spatial",
    ),
)
