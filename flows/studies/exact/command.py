"""``bayescim exact``."""

from typing import Annotated

import typer

from ...base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption
from ...base.console import progress
from ...base.products import Products
from .options import ExactOptions

__all__ = ["COMMAND", "exact"]


def exact(
    config: ConfigArgument,
    output: OutputOption = None,
    inputs: Annotated[
        int | None, typer.Option("--inputs", metavar="N", help="Number of test inputs.", show_default="all")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare the exact mode with drawn masks, by prefixes and in the plain order: cycles, and distance from exact.

    Needs a trained network whose passes come by prefixes (bayes.order). Everything runs in RTL and is compared with
    golden, and the exact distribution with the mean of 2^16 samples. Writes DIR/exact.json, DIR/exact.md
    and a picture; the exit code is 1 where something differs.
    """
    products = Products.load(config, output)
    chosen = products.config

    from .study import STUDY

    options = ExactOptions(inputs=inputs, data=data)
    with progress(f"exact {chosen.name}, runs") as on_progress:
        result = STUDY.conduct(products.directory, products, options, on_progress=on_progress)
    STUDY.present(result, as_json=as_json)


COMMAND = exact
