"""``bayescim bench``."""

import enum
from typing import Annotated

import typer

from hdl.config import InputError

from ...base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption
from ...base.console import progress, show
from ...base.products import Products
from .options import ScaleOptions

__all__ = ["COMMAND", "Subject", "bench"]


class Subject(enum.StrEnum):
    """Subject of the measurement."""

    #: The integer model against a loop of float passes.
    GOLDEN = "golden"

    #: The native simulation against cocotb on Icarus.
    SIMULATE = "simulate"

    #: Fresh read noise of sampled weights, in output space against weight by weight.
    NOISE = "noise"

    #: The cost of a core of any size: generating, building, loading, simulating.
    SCALE = "scale"


def bench(
    subject: Annotated[Subject, typer.Argument(help="What is measured.")],
    config: ConfigArgument = "fashion",
    output: OutputOption = None,
    data: DataOption = None,
    inputs: Annotated[
        int | None,
        typer.Option("--inputs", metavar="N", help="Random images of `scale`.", show_default=str(ScaleOptions.inputs)),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Measure speed: `golden` against float passes, `simulate` against cocotb on Icarus, `noise` in output space
    against weight by weight, or what a core of any size costs, with random weights and images, in DIR/scale.json
    and DIR/scale.md.
    """
    if subject is Subject.SCALE and data is not None:
        raise InputError(f"data must be omitted for `scale`, whose images are random, not {str(data)!r}")
    if subject is not Subject.SCALE and inputs is not None:
        raise InputError(f"inputs must be omitted for `{subject.value}`, not {inputs}")
    products = Products.load(config, output)
    chosen = products.config

    from .show import golden_tables, noise_tables, simulate_tables
    from .speed import bench_golden, bench_noise, bench_simulate
    from .study import STUDY

    speeds = {
        Subject.GOLDEN: (bench_golden, golden_tables),
        Subject.SIMULATE: (bench_simulate, simulate_tables),
        Subject.NOISE: (bench_noise, noise_tables),
    }
    with progress(f"measure {subject.value} of {chosen.name}") as advance:
        if subject is Subject.SCALE:
            options = ScaleOptions() if inputs is None else ScaleOptions(inputs=inputs)
            result = STUDY.conduct(products.directory, products, options, on_progress=advance)
            tables = STUDY.tables(result)
        else:
            measure, render = speeds[subject]
            result = measure(products, data=data, on_progress=advance)
            tables = render(result)
    show(result, [*tables], as_json=as_json)


COMMAND = bench
