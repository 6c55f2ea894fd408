"""``bayescim campaign``."""

from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, JsonOption
from ..base.console import notice, progress, show, table

__all__ = ["campaign"]


def campaign(
    config: ConfigArgument,
    count: Annotated[int, typer.Option("--mutants", metavar="N", help="Number of mutants.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of mutants and stimuli.")] = 7,
    rounds: Annotated[
        int, typer.Option("--rounds", metavar="N", help="Rounds of stimuli, each with another Program.")
    ] = 5,
    limit: Annotated[int, typer.Option("--limit", metavar="MS", help="Milliseconds of each proof.")] = 2000,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File for the same as JSON.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Change random bits of the core's netlist and tell which changes show at its ports, and which are proved not to.

    512 mutants run at once in the bit-parallel engine. The exit code is 1 where a mutant shows that is proved to do
    nothing.
    """
    chosen = CoreConfig.load(config)

    from ..verify.campaign import run_campaign

    with progress(f"mutants of {chosen.name}, rounds and proofs") as on_progress:
        result = run_campaign(chosen, count=count, seed=seed, rounds=rounds, limit=limit, on_progress=on_progress)
    if output is not None:
        result.write(output)
    rows = [
        ["mutants", f"{result.mutants:,}"],
        ["killed", f"{result.killed:,}"],
        ["proved equal", f"{result.equal:,}"],
        ["undecided", f"{len(result.undecided):,}"],
        ["contradictions", f"{len(result.contradictions):,}"],
        ["killed of those not proved equal", f"{result.score:.1%}"],
        ["clock cycles", f"{result.cycles:,}"],
        *([f"processor seconds to {name}", f"{value:.1f}"] for name, value in result.seconds.items()),
    ]
    show(result, [table(f"Mutants of {chosen.name}", ["figure", "value"], rows)], as_json=as_json)
    for each in result.contradictions:
        notice(f"bayescim: {each.kind} at {each.cell} {each.port} is proved equal, and shows")
    if result.contradictions:
        raise typer.Exit(1)
