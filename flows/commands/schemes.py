"""``bayescim schemes``."""

from pathlib import Path
from typing import Annotated

import pydantic_core
import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption
from ..base.console import notice, show, table
from ..base.files import make_directory, to_json

__all__ = ["schemes"]


def schemes(
    config: ConfigArgument,
    output: OutputOption = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            "--method", "-m", help="Way to be Bayesian; may be repeated.", show_default="all but sampled-weights"
        ),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", metavar="N", help="Trainings of each, with seeds 0 to N − 1.")] = 1,
    inputs: Annotated[
        int, typer.Option("--inputs", metavar="N", min=1, help="Test inputs that RTL and golden compute.")
    ] = 200,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", help="Target of synthesis; may be repeated.", show_default="none"),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train one network with each way to be Bayesian, and lay uncertainty and hardware side by side.

    Writes DIR/schemes.json. What is there from before is not made again: call it once more for further seeds, methods
    or targets.
    """
    base = CoreConfig.load(config)
    directory = make_directory(output if output is not None else Path("build/schemes") / base.name)

    from ..studies.schemes.show import scheme_tables
    from ..studies.schemes.study import COMPARED, compare_schemes

    result = compare_schemes(
        base,
        directory,
        methods=method or COMPARED,
        seeds=seeds,
        inputs=inputs,
        targets=target or (),
        data=data,
        on_step=lambda text: notice(f"{base.name}: {text}"),
    )
    told = pydantic_core.from_json(to_json(result))
    tables = [table(f"{base.name}: {title}", rows[0], rows[1:]) for title, rows in scheme_tables(told).items()]
    show(result, tables, as_json=as_json)
    wrong = [each["method"] for each in told["schemes"] if each["simulation"] and _differs(each["simulation"])]
    if wrong:
        notice(f"bayescim: RTL and golden differ: {', '.join(wrong)}")
        raise typer.Exit(1)


def _differs(simulation: dict) -> bool:
    return bool(simulation["equivalence"]["mismatches"] or simulation["equivalence"]["statistics_mismatches"])
