"""``bayescim masks``."""

from typing import Annotated

import typer

from flows.base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption
from flows.base.products import Products

from .options import MasksOptions


def masks(
    config: ConfigArgument,
    output: OutputOption = None,
    inputs: Annotated[
        int, typer.Option("--inputs", metavar="N", min=1, help="Test inputs at the most.")
    ] = MasksOptions.inputs,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the accuracy of a network under each of its masks.

    Writes DIR/masks.json, DIR/masks.md, DIR/masks.html and a picture.
    """
    products = Products.load(config, output)
    options = MasksOptions(inputs=inputs, data=data)

    # Imports torch, which `bayescim --help` does without.
    from .study import STUDY

    result = STUDY.conduct(products.directory, products, options)
    STUDY.present(result, as_json=as_json)


COMMAND = masks
