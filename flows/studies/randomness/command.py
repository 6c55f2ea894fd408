"""``bayescim randomness``."""

from pathlib import Path
from typing import Annotated

import typer

from ...base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption, PassesOption, ProgramOption
from ...base.bounds import MOST_INPUTS, MOST_REPEATS
from ...base.console import progress
from ...base.products import Products
from ...base.sections import read_document, replace_section
from .options import RandomnessOptions

__all__ = ["COMMAND", "randomness"]


def randomness(
    config: ConfigArgument = "digits",
    output: OutputOption = None,
    program: ProgramOption = None,
    data: DataOption = None,
    passes: PassesOption = None,
    tested: Annotated[
        int, typer.Option("--tested", metavar="N", min=64, max=2**24, help="Passes whose bits are tested.")
    ] = RandomnessOptions.tested,
    repeats: Annotated[
        int,
        typer.Option(
            "--repeats", metavar="R", min=1, max=MOST_REPEATS, help="Repetitions with other bits of each source."
        ),
    ] = RandomnessOptions.repeats,
    inputs: Annotated[
        int, typer.Option("--inputs", metavar="N", min=2, max=MOST_INPUTS, help="Test inputs at the most.")
    ] = RandomnessOptions.inputs,
    into: Annotated[
        Path | None,
        typer.Option(
            "--document",
            metavar="FILE",
            help="Document whose section `randomness CONFIG` is written, with a picture beside.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Test the mask bits of good and poor sources, and measure what poor ones do to accuracy, calibration and OOD
    detection of the trained network.

    Writes DIR/randomness.json, the pages DIR/randomness.md and DIR/randomness.html, and a picture.
    """
    products = Products.load(config, output)

    if into is not None:
        for name in (f"randomness {products.config.name}", "self-test"):
            replace_section(read_document(into), name, "")
    options = RandomnessOptions(
        program=program, data=data, passes=passes, tested=tested, repeats=repeats, inputs=inputs
    )

    from .study import STUDY

    with progress(f"randomness of {products.config.name}") as on_progress:
        result = STUDY.conduct(products.directory, products, options, on_progress=on_progress)
    if into is not None:
        STUDY.write_sections(into, result)
    STUDY.present(result, as_json=as_json)


COMMAND = randomness
