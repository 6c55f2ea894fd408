"""``bayescim robustness``."""

import enum
from pathlib import Path
from typing import Annotated

import typer

from ...base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption, PassesOption, ProgramOption
from ...base.bounds import LARGEST_SEED
from ...base.console import progress
from ...base.number_list import parse_numbers
from ...base.products import Products
from .options import STRENGTHS, RobustnessOptions

__all__ = ["COMMAND", "robustness"]


class _Draws(enum.Enum):
    """The choices of `--draws`."""

    FROZEN = "frozen"
    FRESH = "fresh"


#: Largest strengths: a rate is a share of the bits.
_MOST = {"bit-flips": 1.0}


def robustness(
    config: ConfigArgument,
    output: OutputOption = None,
    program: ProgramOption = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            "--against", metavar="DIR", help="Products of another network to lay beside, or a Program; may be repeated."
        ),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault",
            metavar="NAME[=S,S,…]",
            help="Fault, with its strengths; may be repeated.",
            show_default="all, several strengths",
        ),
    ] = None,
    draws: Annotated[
        _Draws | None,
        typer.Option(
            "--draws",
            help="Whether variation and noise are drawn once for each chip or anew for each read.",
            show_default="as each fault is",
        ),
    ] = None,
    chips: Annotated[int, typer.Option("--chips", metavar="N", help="Chips for each point.")] = RobustnessOptions.chips,
    inputs: Annotated[int, typer.Option("--inputs", metavar="N", help="Most test inputs.")] = RobustnessOptions.inputs,
    passes: PassesOption = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed of the faults.")
    ] = RobustnessOptions.seed,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure accuracy, NLL and calibration under faults, in golden: flipped bits, variation, noise; on many chips.

    Writes DIR/robustness.json, the pages DIR/robustness.md and DIR/robustness.html, and a picture.
    """
    products = Products.load(config, output)
    wanted = [each.partition("=") for each in fault or ()]
    given = {
        name: parse_numbers(f"strengths of {name}", text, float, lowest=0.0, highest=_MOST.get(name, 1e6))
        for name, sign, text in wanted
        if sign
    }

    names = [name for name, _, _ in wanted] or list(STRENGTHS)
    options = RobustnessOptions(
        program=program,
        against=against or (),
        faults={name: given.get(name, STRENGTHS.get(name, ())) for name in names},
        fresh=None if draws is None else draws is _Draws.FRESH,
        chips=chips,
        inputs=inputs,
        passes=passes,
        seed=seed,
        data=data,
    )

    from .study import STUDY

    with progress(f"faults of {products.config.name}, points") as on_progress:
        result = STUDY.conduct(products.directory, products, options, on_progress=on_progress)
    STUDY.present(result, as_json=as_json)


COMMAND = robustness
