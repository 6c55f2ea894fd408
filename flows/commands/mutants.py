"""``bayescim mutants``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..base.arguments import JsonOption
from ..base.console import notice, show, table

if TYPE_CHECKING:
    from cocotb_tests.mutants.mutation import Verdict

__all__ = ["mutants"]


def mutants(
    simulator: Annotated[
        str, typer.Option("--simulator", "-s", metavar="NAME", help="Where the testbenches run.")
    ] = "icarus",
    into: Annotated[
        Path | None, typer.Option("--document", metavar="FILE", help="Document whose section `mutants` is written.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Break the core on purpose, one block at a time, and tell which tests notice. The exit code is 1 if none does."""
    from cocotb_tests.mutants.mutation import judge, to_markdown
    from cocotb_tests.runner.simulators import find_simulator

    from ..base.files import write_atomically
    from ..base.sections import read_document, replace_section

    find_simulator(simulator)
    if into is not None:
        replace_section(read_document(into), "mutants", "")

    def tell(verdict: "Verdict") -> None:
        notice(f"{verdict.mutant.block:20} {verdict.mutant.bug}: {'caught' if verdict.caught else 'NOT CAUGHT'}")

    verdicts = judge(simulator=simulator, on_verdict=tell)
    if into is not None:
        # Read again: the run has taken minutes.
        write_atomically(into, replace_section(read_document(into), "mutants", to_markdown(verdicts)).encode())
    rows = [
        [each.mutant.block, each.mutant.bug, str(len(each.block_tests)), str(len(each.core_tests))] for each in verdicts
    ]
    found = [
        {
            "block": each.mutant.block,
            "bug": each.mutant.bug,
            "block_tests": each.block_tests,
            "core_tests": each.core_tests,
        }
        for each in verdicts
    ]
    columns = ["block", "bug", "tests of the block that fail", "tests of the core that fail"]
    show(found, [table("Deliberate bugs", columns, rows)], as_json=as_json)
    if not all(each.caught for each in verdicts):
        raise typer.Exit(1)
