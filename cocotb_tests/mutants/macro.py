"""Deliberate bugs in ``hdl/crossbar/macro``."""

import functools

from .mutant import Mutant

__all__ = ["MUTANTS"]

_bug = functools.partial(Mutant, room="crossbar/macro")

#: The bugs, block by block.
MUTANTS: tuple[Mutant, ...] = (
    _bug(
        "macro_core",
        "a cell that is done is pulsed again with the others",
        "self.columns.eq(self.columns & comparator.outside)",
        "self.columns.eq(comparator.outside.any().replicate(self._cols))",
        configuration="macro",
        part="program_verify",
    ),
    _bug(
        "macro_core",
        "a pulse more than the limit",
        "(given == self._macro.max_pulses)",
        "(given > self._macro.max_pulses)",
        configuration="macro",
        part="program_verify",
    ),
    _bug(
        "macro_core",
        "does not wait for the end of a pulse",
        'm.State("VERIFY"), m.If(~still)',
        'm.State("VERIFY"), m.If(1)',
        configuration="macro",
        part="program_verify",
    ),
    _bug(
        "macro_core",
        "the tolerance is not allowed",
        "(difference & over) if self._tolerance >> plane & 1 else (difference | over)",
        "difference | over",
        configuration="macro",
        part="level_comparator",
    ),
    _bug(
        "macro_core",
        "a bit stays where more ones than the target are wanted",
        "enough.eq(total >= Cat(self.target))",
        "enough.eq(total > Cat(self.target) + 1)",
        configuration="macro",
        part="reference_search",
    ),
    _bug(
        "macro_core",
        "ones of the trial before are not forgotten",
        "m.d.comb += clear.eq(1)",
        "m.d.comb += clear.eq(0)",
        configuration="macro",
        part="reference_search",
    ),
    _bug(
        "macro_core",
        "the reference that was found is not kept",
        "with m.If(self.found & chosen):",
        "with m.If(0):",
        configuration="macro",
        part="reference_codes",
    ),
    _bug(
        "macro_core",
        "a read of the known vector takes the bits on the word lines",
        "driven.eq(bits | given.replicate(len(bits)))",
        "driven.eq(bits)",
        configuration="macro",
        part="macro_array",
    ),
    _bug(
        "macro_core",
        "only the first group is counted",
        "last = self.group == layer.groups - 1",
        "last = Const(1)",
        configuration="macro",
        part="reference_search",
    ),
    _bug(
        "macro_core",
        "a column is compared with the highest plane of its target alone",
        "higher.eq((ones & ~wanted) | (~(ones ^ wanted) & reached))",
        "higher.eq(ones | ~wanted)",
        configuration="macro_column",
        part="reference_search",
    ),
    _bug(
        "macro_core",
        "the targets of the first array are those of all",
        "targets.group.eq(self.tile)",
        "targets.group.eq(0)",
        configuration="macro",
        part="macro_calibration",
    ),
    _bug(
        "macro_core",
        "word lines without an input are driven",
        "group < layer.driven_groups(self._row_tile, line)",
        "1",
        configuration="macro_adc",
        part="macro_array",
    ),
    _bug(
        "macro_core",
        "a coarse code counts as a fine one",
        "[zero] * self._shift + list(self.codes)",
        "list(self.codes) + [zero] * self._shift",
        configuration="macro_adc",
        part="converted_counts",
    ),
)
