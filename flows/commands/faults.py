"""``bayescim faults``."""

from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, JsonOption
from ..base.console import show, table

__all__ = ["faults"]


def faults(
    config: ConfigArgument,
    count: Annotated[int, typer.Option("--faults", metavar="N", help="Number of faults.")] = 512,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Seed of faults, Program and images.")] = 7,
    inputs: Annotated[int, typer.Option("--inputs", metavar="N", help="Number of random images.")] = 16,
    passes: Annotated[
        int | None, typer.Option("--passes", metavar="T", help="Passes, by default those of the configuration.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File for the same as JSON.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run random images through cores of which each has one stuck net, and tell how many stop or are wrong.

    Up to 511 faults run at once in the bit-parallel engine, beside the core without one.
    """
    chosen = CoreConfig.load(config)

    from ..verify.faults import run_faults

    result = run_faults(chosen, count=count, seed=seed, inputs=inputs, passes=passes)
    if output is not None:
        result.write(output)
    rows = [
        ["faults", f"{result.faults:,}"],
        ["images × passes", f"{result.inputs:,} × {result.passes}"],
        ["stopped", f"{result.stopped:,}"],
        ["wrong", f"{result.wrong:,}"],
        ["hidden", f"{result.hidden:,}"],
        ["clock cycles", f"{result.cycles:,}"],
        *([f"seconds to {name}", f"{value:.1f}"] for name, value in result.seconds.items()),
        ["processor seconds to simulate", f"{result.processor_seconds:.1f}"],
    ]
    show(result, [table(f"Stuck nets of {chosen.name}", ["figure", "value"], rows)], as_json=as_json)
