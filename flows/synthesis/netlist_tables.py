"""Tables of netlists compared with the RTL."""

from rich.table import Table

from ..base import markdown
from ..base.console import table
from .netlist import Netlist, NetlistTarget
from .netlist_equivalence import Outcome

__all__ = ["netlist_tables", "to_markdown"]

_COLUMNS = ["target", "cells", "tests passed", "s", "proved", "different", "not decided", "s"]


def netlist_tables(result: Netlist) -> list[Table]:
    """Return one table of the targets, and one of the blocks of each that are not proved."""
    name = result.provenance.config_name
    tables = [table(f"{name}: netlist beside RTL", _COLUMNS, [_row(each) for each in result.targets])]
    for each in result.targets:
        rows = [
            [_within(block.block), block.outcome.value, block.reason]
            for block in each.blocks
            if block.outcome is not Outcome.PROVED
        ]
        if rows:
            made = table(f"{each.target}: blocks that are not proved", ["block", "outcome", "why"], rows)
            for column in made.columns:
                column.justify, column.overflow = "left", "fold"
            # A path of modules may need more than its share of a terminal.
            made.columns[0].no_wrap = False
            tables.append(made)
    return tables


def to_markdown(result: Netlist) -> str:
    """Return the tables of a document."""
    columns = ["target", "cells", "tests passed", "seconds", "proved", "different", "not decided", "seconds"]
    simulators = ", ".join(f"{each.target} with {each.simulator}" for each in result.targets)
    undecided = [
        [each.target, f"`{_within(block.block)}`", block.reason]
        for each in result.targets
        for block in each.blocks
        if block.outcome is not Outcome.PROVED
    ]
    return (
        f"{markdown.table(columns, [_row(each) for each in result.targets])}\n"
        f"`{result.provenance.config_name}`, Yosys {result.yosys}; {simulators}. Not decided:\n\n"
        f"{markdown.table(['target', 'block', 'why'], undecided)}"
    )


def _row(each: NetlistTarget) -> list[str]:
    return [
        each.target,
        f"{each.cells:,}",
        f"{each.tests - each.failed} of {each.tests}",
        f"{each.seconds['tests']:.0f}",
        *(str(each.count(outcome)) for outcome in (Outcome.PROVED, Outcome.DIFFERENT, Outcome.UNDECIDED)),
        f"{each.seconds['equivalence']:.0f}",
    ]


def _within(block: str) -> str:
    """Return the path of a block within the top."""
    return block.partition(".")[2] or block
