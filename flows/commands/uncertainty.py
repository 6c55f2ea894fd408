"""``bayescim uncertainty``."""

from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, DataOption, DeterministicOption, JsonOption, OutputOption, ProgramOption
from ..base.console import notice, progress, show, table
from ..base.number_list import parse_numbers
from ..base.products import Products
from ..studies.uncertainty.logit_source import LogitSource

__all__ = ["uncertainty"]


def uncertainty(
    config: ConfigArgument,
    output: OutputOption = None,
    program: ProgramOption = None,
    passes: Annotated[
        str | None,
        typer.Option(
            "--passes", metavar="T,T,…", help="Numbers of passes.", show_default="powers of 2 up to the configuration's"
        ),
    ] = None,
    source: Annotated[
        LogitSource, typer.Option("--source", help="Whose logits are measured; of both, each logit is compared.")
    ] = LogitSource.BOTH,
    ood: Annotated[
        list[str] | None,
        typer.Option("--ood", metavar="SET", help="Out-of-distribution set; may be repeated.", show_default="all"),
    ] = None,
    inputs: Annotated[
        int | None, typer.Option("--inputs", metavar="N", help="Most inputs of each set.", show_default="all")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of the sets.")] = 0,
    data: DataOption = None,
    deterministic: DeterministicOption = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", help="Cores simulated side by side.", show_default="one per processor"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure accuracy, calibration, detection of strange inputs and risk against coverage, for any number of passes.

    Writes DIR/uncertainty.json, .md and a picture. The exit code is 1 where RTL and golden differ.
    """
    products = Products.at(CoreConfig.load(config), output)
    counts = None if passes is None else parse_numbers("passes", passes, int)

    from ..studies.uncertainty.show import COLUMNS, DETECTION_COLUMNS, rows_of_detection, rows_of_passes, said
    from ..studies.uncertainty.study import uncertainty as step

    name = products.config.name
    with progress(f"load {name}, register writes") as on_loading, progress(f"simulate {name}") as on_progress:
        result = step(
            products,
            source=source,
            deterministic=deterministic,
            program=program,
            passes=counts,
            ood=ood or (),
            inputs=inputs,
            seed=seed,
            data=data,
            workers=workers,
            on_loading=on_loading,
            on_progress=on_progress,
        )
    for each, reason in result["left_out"].items():
        notice(f"bayescim: {each} is left out: {reason}")
    most = result["passes"][-1]
    tables = [
        table(f"Uncertainty of {name}, {result['sets']['test']:,} inputs", list(COLUMNS), rows_of_passes(result)),
        table(f"Out of distribution, T = {most}", list(DETECTION_COLUMNS), rows_of_detection(result)),
    ]
    show(result, tables, as_json=as_json)
    notice(said(result))
    equivalence = result["equivalence"]
    if equivalence and (
        equivalence["mismatches"] or equivalence["statistics_mismatches"] or not result["same_numbers"]
    ):
        raise typer.Exit(1)
