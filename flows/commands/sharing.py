"""``bayescim sharing``."""

from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption, PassesOption, ProgramOption
from ..base.console import progress, show

__all__ = ["sharing"]


def sharing(
    config: ConfigArgument,
    output: OutputOption = None,
    program: ProgramOption = None,
    data: DataOption = None,
    passes: PassesOption = None,
    generators: Annotated[
        list[int] | None,
        typer.Option("--generators", "-g", metavar="G", min=1, help="May be repeated.", show_default="1, 4, 16, all"),
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", metavar="R", min=1, help="Repetitions with other passes.")] = 3,
    correlated: Annotated[
        int, typer.Option("--correlated", metavar="N", min=2, help="Passes that correlations are estimated from.")
    ] = 500,
    inputs: Annotated[int, typer.Option("--inputs", metavar="N", min=2, help="Test inputs at the most.")] = 1000,
    into: Annotated[
        Path | None,
        typer.Option("--document", metavar="FILE", help="Document whose section `sharing CONFIG` is written."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure what sharing draws among columns does to a trained network with sampled weights: correlations,
    accuracy, calibration and OOD detection, for draws in each read and in each pass, into DIR/sharing.json.
    """
    from golden.data.data import load

    from ..base.files import to_json, write_atomically
    from ..base.products import Products
    from ..base.provenance import provenance
    from ..base.sections import replace_section
    from ..road.generate import load_sampled_program
    from ..studies.sharing.show import sharing_tables, to_markdown
    from ..studies.sharing.study import sharing as measure

    products = Products.at(CoreConfig.load(config), output)
    chosen = products.config
    text = "" if into is None else replace_section(into.read_text(), f"sharing {chosen.name}", "")
    contents = load_sampled_program(products, program)
    dataset = load(chosen, data)
    images, labels = dataset.test_pixels[:inputs], dataset.test_labels[:inputs]
    drawn = chosen.bayes.passes if passes is None else passes
    widest = max(layer.outputs for layer in chosen.layers)
    wanted = generators or [each for each in _USUAL if each < widest] + [widest]
    with progress(f"sharing in {chosen.name}") as advance:
        found = measure(
            contents,
            images,
            labels,
            generators=wanted,
            passes=drawn,
            repeats=repeats,
            correlated=correlated,
            on_progress=advance,
        )
    result = {
        "provenance": provenance(chosen),
        "inputs": len(images),
        "passes": drawn,
        "repeats": repeats,
        "correlated": correlated,
        "ways": found,
    }
    write_atomically(products.directory / "sharing.json", to_json(result).encode())
    if into is not None:
        section = to_markdown(found, inputs=len(images), passes=drawn, repeats=repeats, correlated=correlated)
        write_atomically(into, replace_section(text, f"sharing {chosen.name}", section).encode())
    show(result, sharing_tables(found), as_json=as_json)


#: Numbers of generators below that of the widest layer.
_USUAL = (1, 4, 16)
