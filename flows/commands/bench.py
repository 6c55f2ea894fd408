"""``bayescim bench``."""

import enum
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..arguments import ConfigArgument, DataOption, JsonOption, OutputOption
from ..console import progress, show
from ..products import Products

__all__ = ["Subject", "bench"]


class Subject(enum.StrEnum):
    """What is measured."""

    #: The integer model against a loop of float passes.
    GOLDEN = "golden"

    #: The native simulation against cocotb on Icarus.
    SIMULATE = "simulate"


def bench(
    subject: Annotated[Subject, typer.Argument(help="What is measured.")],
    config: ConfigArgument = "fashion",
    output: OutputOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure speed: `golden` against float passes, or `simulate` against cocotb on Icarus."""
    chosen = CoreConfig.load(config)
    products = Products.at(chosen, output)

    from ..bench import bench_golden, bench_simulate

    with progress(f"measure {subject.value} of {chosen.name}") as advance:
        measure = bench_golden if subject is Subject.GOLDEN else bench_simulate
        result, tables = measure(products, data=data, on_progress=advance)
    show(result, tables, as_json=as_json)
