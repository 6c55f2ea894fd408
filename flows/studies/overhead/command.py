"""``bayescim overhead``."""

from pathlib import Path
from typing import Annotated

import typer

from ...base.arguments import ConfigArgument, JsonOption
from ...base.configuration import load_config
from ...base.console import notice
from ...base.files import claim_directory
from ...base.number_list import parse_numbers, write_numbers
from ...synthesis.targets import TARGETS
from .options import OverheadOptions

__all__ = ["COMMAND", "overhead"]


def overhead(
    config: ConfigArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Directory of the products.", show_default="build/overhead/<name>"
        ),
    ] = None,
    hidden: Annotated[
        str, typer.Option("--hidden", metavar="N,N,…", help="Neurons of each hidden layer, for each size.")
    ] = write_numbers(OverheadOptions.widths),
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", metavar="|".join(TARGETS), help="Target; may be repeated.", show_default="all"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Synthesize a core at several sizes and tell what its stochastic unit takes of each.

    Writes DIR/overhead.json, DIR/overhead.md and DIR/overhead.html. What was synthesized before is not
    synthesized again.
    """
    base = load_config(config)
    options = OverheadOptions(
        widths=parse_numbers("hidden", hidden, int, lowest=2, highest=2**16),
        targets=tuple(target or OverheadOptions.targets),
    )
    directory = claim_directory(output if output is not None else Path("build/overhead") / base.name)

    from .study import STUDY

    result = STUDY.conduct(directory, base, directory, options, on_step=lambda text: notice(f"{base.name}: {text}"))
    STUDY.present(result, as_json=as_json)


COMMAND = overhead
