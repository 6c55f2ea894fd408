"""``bayescim uncertainty``."""

from typing import Annotated

import typer

from ...base.arguments import ConfigArgument, DataOption, DeterministicOption, JsonOption, OutputOption, ProgramOption
from ...base.bounds import LARGEST_SEED
from ...base.console import notice, progress
from ...base.number_list import parse_numbers
from ...base.products import Products
from .options import LogitSource, UncertaintyOptions

__all__ = ["COMMAND", "uncertainty"]


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
    ] = UncertaintyOptions.source,
    ood: Annotated[
        list[str] | None,
        typer.Option("--ood", metavar="SET", help="Out-of-distribution set; may be repeated.", show_default="all"),
    ] = None,
    inputs: Annotated[
        int | None, typer.Option("--inputs", metavar="N", help="Most inputs of each set.", show_default="all")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed of the sets.")
    ] = UncertaintyOptions.seed,
    data: DataOption = None,
    deterministic: DeterministicOption = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", help="Cores simulated side by side.", show_default="one per processor"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure accuracy, calibration, detection of strange inputs and risk against coverage, for any number of passes.

    Writes DIR/uncertainty.json, the pages DIR/uncertainty.md and DIR/uncertainty.html, and a picture. The exit
    code is 1 where RTL and golden differ.
    """
    products = Products.load(config, output)
    options = UncertaintyOptions(
        source=source,
        deterministic=deterministic,
        program=program,
        passes=None if passes is None else parse_numbers("passes", passes, int, lowest=1, highest=2**16),
        ood=ood or (),
        inputs=inputs,
        seed=seed,
        data=data,
        workers=workers,
    )

    from .study import STUDY

    name = products.config.name
    directory = (products.twin if deterministic else products).directory
    with progress(f"load {name}, register writes") as on_loading, progress(f"simulate {name}") as on_progress:
        result = STUDY.conduct(directory, products, options, on_loading=on_loading, on_progress=on_progress)
    for each, reason in result["left_out"].items():
        notice(f"bayescim: {each} is left out: {reason}")
    STUDY.present(result, as_json=as_json)


COMMAND = uncertainty
