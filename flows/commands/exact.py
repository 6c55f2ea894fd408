"""``bayescim exact``."""

from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption
from ..base.console import notice, progress, show, table
from ..base.products import Products

__all__ = ["exact"]


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
    golden, and the exact distribution with the mean of 2^16 samples. Writes DIR/exact.json and DIR/exact.svg; the exit
    code is 1 where something differs.
    """
    chosen = CoreConfig.load(config)
    products = Products.at(chosen, output)

    from ..studies.exact.show import COLUMNS, agrees, exact_rows, sample_line
    from ..studies.exact.study import run_exact

    with progress(f"exact {chosen.name}, runs") as on_progress:
        result = run_exact(products, inputs=inputs, data=data, on_progress=on_progress)
    show(
        result,
        [table(f"Exact mode of {chosen.name}, {result['inputs']:,} inputs", list(COLUMNS), exact_rows(result))],
        as_json=as_json,
    )
    notice(sample_line(result))
    if not agrees(result):
        raise typer.Exit(1)
