"""``bayescim robustness``."""

import enum
from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption, PassesOption, ProgramOption
from ..base.console import progress, show, table
from ..base.number_list import parse_numbers
from ..base.products import Products

__all__ = ["robustness"]


class _Draws(enum.Enum):
    """The choices of `--draws`."""

    FROZEN = "frozen"
    FRESH = "fresh"


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
    chips: Annotated[int, typer.Option("--chips", metavar="N", help="Chips for each point.")] = 20,
    inputs: Annotated[int, typer.Option("--inputs", metavar="N", help="Most test inputs.")] = 1000,
    passes: PassesOption = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of the faults.")] = 0,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure accuracy, NLL and calibration under faults, in golden: flipped bits, variation, noise; on many chips.

    Writes DIR/robustness.json, .md and .svg.
    """
    products = Products.at(CoreConfig.load(config), output)
    wanted = [each.partition("=") for each in fault or ()]
    given = {name: parse_numbers(f"strengths of {name}", text, float) for name, sign, text in wanted if sign}

    from ..studies.robustness.show import COLUMNS, gain_sentences, rows
    from ..studies.robustness.study import STRENGTHS
    from ..studies.robustness.study import robustness as step

    names = [name for name, _, _ in wanted] or list(STRENGTHS)
    with progress(f"faults of {products.config.name}, points") as on_progress:
        result = step(
            products,
            program=program,
            against=against or (),
            faults={name: given.get(name, STRENGTHS.get(name, ())) for name in names},
            fresh=None if draws is None else draws is _Draws.FRESH,
            chips=chips,
            inputs=inputs,
            passes=passes,
            seed=seed,
            data=data,
            on_progress=on_progress,
        )
    tables = [
        table(f"{name}, {kind['draws']}, by {kind['unit']}", list(COLUMNS), rows(result, name))
        for name, kind in result["kinds"].items()
    ]
    show(result, tables, as_json=as_json)
    if not as_json:
        for sentence in gain_sentences(result):
            print(sentence)
