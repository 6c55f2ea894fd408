"""``bayescim bench``."""

import enum
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption
from ..base.console import progress, show
from ..base.products import Products

__all__ = ["Subject", "bench"]


class Subject(enum.StrEnum):
    """What is measured."""

    #: The integer model against a loop of float passes.
    GOLDEN = "golden"

    #: The native simulation against cocotb on Icarus.
    SIMULATE = "simulate"

    #: Fresh read noise of sampled weights, in output space against weight by weight.
    NOISE = "noise"

    #: What a core of any size costs: generating, building, loading, simulating.
    SCALE = "scale"


def bench(
    subject: Annotated[Subject, typer.Argument(help="What is measured.")],
    config: ConfigArgument = "fashion",
    output: OutputOption = None,
    data: DataOption = None,
    inputs: Annotated[int, typer.Option("--inputs", metavar="N", help="Random images of `scale`.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Measure speed: `golden` against float passes, `simulate` against cocotb on Icarus, `noise` in output space
    against weight by weight, or what a core of any size costs, with random weights and images, in DIR/scale.json.
    """
    chosen = CoreConfig.load(config)
    products = Products.at(chosen, output)

    from ..studies.bench.bench import bench_golden, bench_noise, bench_simulate
    from ..studies.bench.generation_cost import bench_scale

    with progress(f"measure {subject.value} of {chosen.name}") as advance:
        if subject is Subject.SCALE:
            result, tables = bench_scale(products, inputs=inputs, on_progress=advance)
        else:
            measures = {Subject.GOLDEN: bench_golden, Subject.SIMULATE: bench_simulate, Subject.NOISE: bench_noise}
            result, tables = measures[subject](products, data=data, on_progress=advance)
    show(result, tables, as_json=as_json)
