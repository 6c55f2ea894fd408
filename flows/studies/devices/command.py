"""``bayescim devices``."""

from pathlib import Path
from typing import Annotated

import typer

from ...base.arguments import JsonOption
from ...base.bounds import LARGEST_SEED
from ...base.console import progress
from .options import DevicesOptions

__all__ = ["COMMAND", "devices"]


def devices(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Device models (ideal, mtj, pcm, rram, sram).", show_default="all"),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Directory of the products.")] = Path(
        "build/devices"
    ),
    table: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE.csv", help="Measurements of a device of one's own (docs/devices.md)."),
    ] = None,
    chips: Annotated[
        int, typer.Option("--chips", metavar="N", min=1, max=10**4, help="Chips that are programmed.")
    ] = DevicesOptions.chips,
    samples: Annotated[
        int, typer.Option("--samples", metavar="N", min=2, max=10**6, help="Cells of each target on each chip.")
    ] = DevicesOptions.cells,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed.")
    ] = DevicesOptions.seed,
    as_json: JsonOption = False,
) -> None:
    """Program, age and read cells of each device model, and compare their moments with the formulas.

    At 20 s, an hour, a day and 30 days: mean, deviation between cells, and deviation of a read. Writes
    DIR/devices.json, DIR/devices.md, and for each model a picture of conductance, read noise and the correlation of
    reads, simulated beside the formulas. The exit code is 1 where a moment is not within sampling error.
    """
    options = DevicesOptions(names=names or (), table=table, chips=chips, cells=samples, seed=seed)

    from .study import STUDY

    with progress("devices") as on_progress:
        result = STUDY.conduct(output, options, on_progress=on_progress)
    STUDY.present(result, as_json=as_json)


COMMAND = devices
