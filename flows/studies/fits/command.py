"""``bayescim fits``."""

from pathlib import Path
from typing import Annotated

import typer

from ...base.arguments import ConfigArgument, JsonOption
from ...base.configuration import load_config
from ...base.console import notice
from ...base.files import claim_directory
from ...base.number_list import parse_numbers
from ...synthesis.targets import TARGETS
from .options import FitsOptions

__all__ = ["COMMAND", "fits"]


def fits(
    config: ConfigArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Directory of the products.", show_default="build/fits/<name>"
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="N,N,…",
            help="Columns sensed at a time, for each core.",
            show_default="every divisor from 2 on",
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", metavar="|".join(TARGETS), help="Target; may be repeated.", show_default="LUTs"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Synthesize a core with several numbers of columns sensed at a time, and tell its cells and its cycles.

    Writes DIR/fits.json, DIR/fits.md and DIR/fits.html. What was synthesized before is not synthesized again.
    """
    base = load_config(config)
    options = FitsOptions(
        columns=() if columns is None else parse_numbers("columns", columns, int, lowest=2, highest=2**16),
        targets=tuple(target or FitsOptions.targets),
    )
    directory = claim_directory(output if output is not None else Path("build/fits") / base.name)

    from .study import STUDY

    result = STUDY.conduct(directory, base, directory, options, on_step=lambda text: notice(f"{base.name}: {text}"))
    STUDY.present(result, as_json=as_json)


COMMAND = fits
