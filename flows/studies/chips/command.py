"""``bayescim chips``."""

from pathlib import Path
from typing import Annotated

import typer

from ...base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption, PassesOption, ProgramOption
from ...base.bounds import LARGEST_SEED, LATEST
from ...base.console import progress
from ...base.number_list import parse_numbers, write_numbers
from ...base.products import Products
from .options import DEVICE, MAX_PULSES, ChipsOptions

__all__ = ["COMMAND", "chips"]


def chips(
    config: ConfigArgument,
    output: OutputOption = None,
    program: ProgramOption = None,
    device: Annotated[
        str | None, typer.Option("--device", metavar="NAME", help="Model of the cells.", show_default=DEVICE)
    ] = None,
    measured: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE.csv", help="Cells of your own, as measured, instead."),
    ] = None,
    noise_target: Annotated[
        float, typer.Option("--noise-target", metavar="µS", help="Conductance m₀ of the noise cell of each pair.")
    ] = ChipsOptions.noise_target,
    tolerance: Annotated[
        float,
        typer.Option("--tolerance", metavar="µS", help="Program and verify until within this; 0 for one pulse."),
    ] = ChipsOptions.tolerance,
    max_pulses: Annotated[
        int | None,
        typer.Option(
            "--max-pulses",
            metavar="N",
            help="Pulses of one cell at most, with --tolerance.",
            show_default=str(MAX_PULSES),
        ),
    ] = None,
    horizon: Annotated[
        float,
        typer.Option(
            "--horizon",
            metavar="S",
            help="Age at which weights have the wanted P on average; 0 as if cells were exact.",
        ),
    ] = ChipsOptions.horizon,
    chips: Annotated[int, typer.Option("--chips", metavar="N", help="Chips.")] = ChipsOptions.chips,
    ages: Annotated[str, typer.Option("--ages", metavar="S,S,…", help="Ages after the first read.")] = write_numbers(
        ChipsOptions.ages
    ),
    inputs: Annotated[
        int | None, typer.Option("--inputs", metavar="N", help="Most test inputs.", show_default="all")
    ] = ChipsOptions.inputs,
    calibration: Annotated[
        int, typer.Option("--calibration", metavar="N", help="Training images that logits are calibrated with.")
    ] = ChipsOptions.calibration,
    passes: PassesOption = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed of the chips and of noise.")
    ] = ChipsOptions.seed,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a network of sampled weights on chips of a device, in golden: fresh and aged, with and without logit
    correction and drift compensation.

    Writes DIR/chips.json, the pages DIR/chips.md and DIR/chips.html, and a picture.
    """
    products = Products.load(config, output)
    options = ChipsOptions(
        program=program,
        device=device,
        table=measured,
        noise_target=noise_target,
        tolerance=tolerance,
        max_pulses=max_pulses,
        horizon=horizon,
        chips=chips,
        ages=parse_numbers("ages", ages, float, lowest=0.0, highest=LATEST) if ages else (),
        inputs=inputs,
        calibration=calibration,
        passes=passes,
        seed=seed,
        data=data,
    )

    from .study import STUDY

    with progress(f"chips of {products.config.name}, points") as on_progress:
        result = STUDY.conduct(products.directory, products, options, on_progress=on_progress)
    STUDY.present(result, as_json=as_json)


COMMAND = chips
