"""``bayescim fuzz``."""

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..base.arguments import JsonOption
from ..base.bounds import LARGEST_SEED, check_choices
from ..base.console import notice, show, table

if TYPE_CHECKING:
    from ..verify.fuzz.case import Case
    from ..verify.fuzz.fuzz import Fault

__all__ = ["fuzz"]


def fuzz(
    context: typer.Context,
    kinds: Annotated[
        list[str] | None, typer.Argument(metavar="[KIND]...", help="Kinds of cases.", show_default="all but verilog")
    ] = None,
    cases: Annotated[int, typer.Option("--cases", metavar="N", min=1, max=10**6, help="Cases of each kind.")] = 100,
    minutes: Annotated[
        int | None,
        typer.Option("--minutes", metavar="N", min=1, max=10**4, help="As many cases instead as there is time for."),
    ] = None,
    first: Annotated[
        int, typer.Option("--first", metavar="N", min=0, max=10**9, help="Number of the first case of each kind.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed of all cases.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Run random command lines, and commands over damaged files: each has to end soon, with 0, 1 or 2, in one line,
    and with no file that is half written. The exit code is 1 where one does not.

    Kinds are `command line` and those of the files: configuration, checkpoint, program, product, table, constants,
    `data set`, image, extension, document, network, verilog (which runs Yosys in every case).
    """
    from ..verify.fuzz.command_lines import commands_of
    from ..verify.fuzz.fuzz import KINDS_OF_CASES
    from ..verify.fuzz.fuzz import fuzz as step
    from ..verify.fuzz.sandbox import fill_sandbox

    check_choices("kinds", kinds or (), KINDS_OF_CASES)
    chosen = list(dict.fromkeys(kinds or [each for each in KINDS_OF_CASES if each != "verilog"]))

    def on_case(case: "Case", fault: "Fault | None") -> None:
        if fault is not None:
            where = "".join(f", {place} damaged" for place in case.damaged)
            notice(f"{case.kind} {case.number}{where}: bayescim {shlex.join(case.arguments)}: {fault.reason}")
            notice("  " + "".join(fault.outcome.err.splitlines()[-1:]))

    with tempfile.TemporaryDirectory(prefix="bayescim-fuzz-") as place:
        template = Path(place) / "template"
        fill_sandbox(template, simulated="product" in chosen)
        tallies = step(
            commands_of(context.find_root().command),
            template,
            kinds=chosen,
            count=cases,
            first=first,
            seed=seed,
            seconds=None if minutes is None else 60.0 * minutes,
            on_case=on_case,
        )
    rows = [
        [
            each.kind,
            str(each.cases),
            str(each.accepted),
            str(each.refused),
            f"{each.longest:.1f}",
            str(len(each.faults)),
        ]
        for each in tallies
    ]
    result = [
        {
            "kind": each.kind,
            "cases": each.cases,
            "accepted": each.accepted,
            "refused": each.refused,
            "longest": each.longest,
            "faults": [
                {"number": fault.case.number, "arguments": fault.case.arguments, "reason": fault.reason}
                for fault in each.faults
            ],
        }
        for each in tallies
    ]
    columns = ["kind", "cases", "accepted", "refused", "longest, s", "faults"]
    show(result, [table(f"Fuzzed with seed {seed}", columns, rows)], as_json=as_json)
    if any(each.faults for each in tallies):
        raise typer.Exit(1)
