"""``bayescim schemes``."""

from pathlib import Path
from typing import Annotated

import typer

from ...base.arguments import ConfigArgument, DataOption, JsonOption
from ...base.configuration import load_config
from ...base.console import notice
from ...base.files import claim_directory
from .options import SchemesOptions

__all__ = ["COMMAND", "schemes"]


def schemes(
    config: ConfigArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Directory of the products.", show_default="build/schemes/<name>"
        ),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            "--method", "-m", help="Way to be Bayesian; may be repeated.", show_default="all but sampled-weights"
        ),
    ] = None,
    seeds: Annotated[
        int, typer.Option("--seeds", metavar="N", help="Trainings of each, with seeds 0 to N − 1.")
    ] = SchemesOptions.seeds,
    inputs: Annotated[
        int, typer.Option("--inputs", metavar="N", min=1, help="Test inputs that RTL and golden compute.")
    ] = SchemesOptions.inputs,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", help="Target of synthesis; may be repeated.", show_default="none"),
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train one network with each way to be Bayesian, and lay uncertainty and hardware side by side.

    Writes DIR/schemes.json and DIR/schemes.md. What is there from before is not made again: call it once more for
    further seeds, methods or targets.
    """
    base = load_config(config)
    directory = claim_directory(output if output is not None else Path("build/schemes") / base.name)

    options = SchemesOptions(methods=method or (), seeds=seeds, inputs=inputs, targets=target or (), data=data)

    from .study import STUDY

    result = STUDY.conduct(directory, base, directory, options, on_step=lambda text: notice(f"{base.name}: {text}"))
    STUDY.present(result, as_json=as_json)


COMMAND = schemes
