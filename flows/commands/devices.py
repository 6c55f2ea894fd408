"""``bayescim devices``."""

from pathlib import Path
from typing import Annotated

import typer

from ..base.arguments import JsonOption
from ..base.console import notice, progress, show
from ..base.files import make_directory, to_json, write_atomically

__all__ = ["devices"]


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
    chips: Annotated[int, typer.Option("--chips", metavar="N", min=1, help="Chips that are programmed.")] = 100,
    samples: Annotated[
        int, typer.Option("--samples", metavar="N", min=2, help="Cells of each target on each chip.")
    ] = 10_000,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Program, age and read cells of each device model, and compare their moments with the formulas.

    At 20 s, an hour, a day and 30 days: mean, deviation between cells, and deviation of a read. Writes
    DIR/devices.json, and for each model a picture of conductance, read noise and the correlation of reads, simulated
    beside the formulas, DIR/device_NAME.svg and .png. The exit code is 1 where a moment is not within sampling error.
    """
    from ..base.pictures import to_png, to_svg
    from ..studies.devices.picture import draw_device
    from ..studies.devices.show import device_tables, verdict
    from ..studies.devices.study import choose_models, examine_devices, passed

    models = choose_models(names or (), table)
    make_directory(output)
    with progress("devices") as on_progress:
        result = examine_devices(models, chips=chips, cells=samples, seed=seed, on_progress=on_progress)
    for each in result["devices"]:
        figure = draw_device(each)
        write_atomically(output / f"device_{each['name']}.svg", to_svg(figure))
        write_atomically(output / f"device_{each['name']}.png", to_png(figure))
    write_atomically(output / "devices.json", to_json(result).encode())
    show(result, device_tables(result), as_json=as_json)
    notice(verdict(result))
    if not passed(result):
        raise typer.Exit(1)
