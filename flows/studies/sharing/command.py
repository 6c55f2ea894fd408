"""``bayescim sharing``."""

from pathlib import Path
from typing import Annotated

import typer

from ...base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption, PassesOption, ProgramOption
from ...base.bounds import MOST_INPUTS, MOST_REPEATS
from ...base.console import progress
from ...base.products import Products
from ...base.sections import read_document, replace_section
from .options import SharingOptions

__all__ = ["COMMAND", "sharing"]


def sharing(
    config: ConfigArgument,
    output: OutputOption = None,
    program: ProgramOption = None,
    data: DataOption = None,
    passes: PassesOption = None,
    generators: Annotated[
        list[int] | None,
        typer.Option(
            "--generators", "-g", metavar="G", min=1, max=2**16, help="May be repeated.", show_default="1, 4, 16, all"
        ),
    ] = None,
    repeats: Annotated[
        int, typer.Option("--repeats", metavar="R", min=1, max=MOST_REPEATS, help="Repetitions with other passes.")
    ] = SharingOptions.repeats,
    correlated: Annotated[
        int,
        typer.Option(
            "--correlated", metavar="N", min=2, max=10**6, help="Passes that correlations are estimated from."
        ),
    ] = SharingOptions.correlated,
    inputs: Annotated[
        int, typer.Option("--inputs", metavar="N", min=2, max=MOST_INPUTS, help="Test inputs at the most.")
    ] = SharingOptions.inputs,
    into: Annotated[
        Path | None,
        typer.Option("--document", metavar="FILE", help="Document whose section `sharing CONFIG` is written."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure what sharing draws among columns does to a trained network with sampled weights: correlations,
    accuracy, calibration and OOD detection, for draws in each read and in each pass.

    Writes DIR/sharing.json and the pages DIR/sharing.md and DIR/sharing.html.
    """
    products = Products.load(config, output)
    if into is not None:
        replace_section(read_document(into), f"sharing {products.config.name}", "")
    options = SharingOptions(
        program=program,
        data=data,
        passes=passes,
        generators=generators or (),
        repeats=repeats,
        correlated=correlated,
        inputs=inputs,
    )

    from .study import STUDY

    with progress(f"sharing in {products.config.name}") as on_progress:
        result = STUDY.conduct(products.directory, products, options, on_progress=on_progress)
    if into is not None:
        STUDY.write_sections(into, result)
    STUDY.present(result, as_json=as_json)


COMMAND = sharing
