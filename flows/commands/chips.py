"""``bayescim chips``."""

from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig, InputError

from ..base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption, PassesOption, ProgramOption
from ..base.console import progress, show, table
from ..base.number_list import parse_numbers
from ..base.products import Products

__all__ = ["chips"]


def chips(
    config: ConfigArgument,
    output: OutputOption = None,
    program: ProgramOption = None,
    device: Annotated[str, typer.Option("--device", metavar="NAME", help="Model of the cells.")] = "pcm",
    measured: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE.csv", help="Cells of your own, as measured, instead."),
    ] = None,
    noise_target: Annotated[
        float, typer.Option("--noise-target", metavar="µS", help="Conductance m₀ of the noise cell of each pair.")
    ] = 2.5,
    tolerance: Annotated[
        float,
        typer.Option("--tolerance", metavar="µS", help="Program and verify until within this; 0 for one pulse."),
    ] = 0.0,
    max_pulses: Annotated[int, typer.Option("--max-pulses", metavar="N", help="Pulses of one cell at most.")] = 10,
    horizon: Annotated[
        float,
        typer.Option(
            "--horizon",
            metavar="S",
            help="Age at which weights have the wanted P on average; 0 as if cells were exact.",
        ),
    ] = 86400.0,
    chips: Annotated[int, typer.Option("--chips", metavar="N", help="Chips.")] = 20,
    ages: Annotated[
        str, typer.Option("--ages", metavar="S,S,…", help="Ages after the first read.")
    ] = "3600,86400,2592000",
    inputs: Annotated[
        int | None, typer.Option("--inputs", metavar="N", help="Most test inputs.", show_default="all")
    ] = None,
    calibration: Annotated[
        int, typer.Option("--calibration", metavar="N", help="Training images that logits are calibrated with.")
    ] = 256,
    passes: PassesOption = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of the chips and of noise.")] = 0,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a network of sampled weights on chips of a device, in golden: fresh and aged, with and without logit
    correction and drift compensation.

    Writes DIR/chips.json, .md, .svg and .png.
    """
    products = Products.at(CoreConfig.load(config), output)
    wanted = parse_numbers("ages", ages, float) if ages else ()

    from golden.chips.verified_programming import VerifiedProgramming
    from golden.devices import devices
    from golden.devices.table import MeasuredDevice

    from ..studies.chips.show import COLUMNS, WEIGHT_COLUMNS, rows, sentences, weight_rows
    from ..studies.chips.study import chips as step

    if measured is None and device not in devices():
        raise InputError(f"device must be one of {', '.join(devices())}, not {device!r}")
    model = devices()[device] if measured is None else MeasuredDevice.load(measured)
    with progress(f"chips of {products.config.name}, points") as on_progress:
        result = step(
            products,
            model=model,
            noise_target=noise_target,
            verify=VerifiedProgramming(tolerance=tolerance, max_pulses=max_pulses) if tolerance else None,
            horizon=horizon or None,
            program=program,
            chips=chips,
            ages=wanted,
            inputs=inputs,
            calibration=calibration,
            passes=passes,
            seed=seed,
            data=data,
            on_progress=on_progress,
        )
    title = f"{result['chips']} chips of {result['deployment']}, mean ± deviation"
    weights = table("Weights by P(w = +1)", list(WEIGHT_COLUMNS), weight_rows(result))
    show(result, [weights, table(title, list(COLUMNS), rows(result))], as_json=as_json)
    if not as_json:
        for sentence in sentences(result):
            print(sentence)
