"""``bayescim simulate``."""

from typing import Annotated

import typer

from ..base.arguments import (
    ConfigArgument,
    DataOption,
    DeterministicOption,
    JsonOption,
    OutputOption,
    PassesOption,
    ProgramOption,
    VerilogOption,
)
from ..base.bounds import LARGEST_SEED
from ..base.console import notice, progress, show, table
from ..base.products import Products

__all__ = ["simulate"]


def simulate(
    config: ConfigArgument,
    output: OutputOption = None,
    program: ProgramOption = None,
    verilog: VerilogOption = None,
    passes: PassesOption = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Each mask once, weighted with its probability; needs bayes.order prefix.")
    ] = False,
    inputs: Annotated[
        int | None, typer.Option("--inputs", metavar="N", help="Number of test inputs.", show_default="all")
    ] = None,
    data: DataOption = None,
    deterministic: DeterministicOption = False,
    random_pixels: Annotated[
        int | None,
        typer.Option(
            "--random-pixels", metavar="SEED", min=0, max=LARGEST_SEED, help="Random pixels instead of the data set."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", help="Cores simulated side by side.", show_default="one per processor"),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(
            "--engine",
            metavar="NAME",
            help="Simulator: `verilator`, one image at a time, or `lanes`, a netlist with 512 images in each word.",
        ),
    ] = "verilator",
    layers: Annotated[
        bool,
        typer.Option("--layers", help="Compare every activation of every hidden layer for the first input as well."),
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(
            "--device", metavar="NAME", help="Device that is the arrays, where these are macros.", show_default="pcm"
        ),
    ] = None,
    chip: Annotated[
        int | None,
        typer.Option(
            "--chip", metavar="N", min=0, max=LARGEST_SEED, help="Number of the chip of macros.", show_default="0"
        ),
    ] = None,
    noise_target: Annotated[
        float | None,
        typer.Option(
            "--noise-target",
            metavar="µS",
            help="Conductance m₀ of the noise cells.",
            show_default="middle of the range",
        ),
    ] = None,
    horizon: Annotated[
        float | None,
        typer.Option(
            "--horizon",
            metavar="S",
            help="Age at which weights have the wanted P on average.",
            show_default="as if cells were exact",
        ),
    ] = None,
    age: Annotated[
        float | None,
        typer.Option("--age", metavar="S", help="Age at which the chip computes.", show_default="as programmed"),
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Let the core search for the references of its macros first.")
    ] = False,
    correct: Annotated[
        int | None,
        typer.Option(
            "--correct",
            metavar="N",
            help="Load the chip's own logit constants, found with N training images.",
            show_default="those of the Program",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the test set through the core in RTL and compare every logit of every pass with golden.

    Writes DIR/simulate.json and, with all logits, DIR/simulate.npz. The exit code is 1 where they differ. With
    `--layers` the core is built a second time, with neurons that can be watched.
    """
    products = Products.load(config, output)
    chosen = products.config

    from ..road.macro_cells import macro_cells
    from ..road.simulate import simulate as step

    with (
        progress(f"load {chosen.name}, register writes") as on_loading,
        progress(f"simulate {chosen.name}") as on_progress,
        progress(f"compare the layers of {chosen.name}, passes") as on_layers,
    ):
        result = step(
            products,
            deterministic=deterministic,
            program=program,
            verilog=verilog,
            passes=passes,
            exact=exact,
            inputs=inputs,
            data=data,
            random_pixels=random_pixels,
            workers=workers,
            layers=layers,
            cells=macro_cells(chosen, device=device, chip=chip, noise_target=noise_target, horizon=horizon),
            age=age,
            calibrate=calibrate,
            correct=correct,
            engine=engine,
            on_loading=on_loading,
            on_layers=on_layers,
            on_progress=on_progress,
        )
    equivalence, speed, compared = result.equivalence, result.simulator, result.layers
    chance = " (random weights)" if result.random_weights else ""
    rows = [
        ["inputs × passes", f"{result.inputs:,} × {'all masks' if exact else result.passes}"],
        [
            f"correct, by the core's own class{chance}",
            "random pixels" if result.correct is None else f"{result.correct / result.inputs:.2%}",
        ],
        ["logits that differ from golden", f"{equivalence.mismatches:,} of {equivalence.compared:,}"],
        [
            "statistics that differ from golden",
            f"{equivalence.statistics_mismatches:,} of {equivalence.compared_statistics:,}",
        ],
        ["clock cycles per input", f"{result.cycles_per_input:,.1f}"],
        ["simulated inputs per second", f"{speed.inputs_per_second:,.0f}"],
        ["simulated bit-MAC per second", f"{speed.bit_macs_per_second / 1e9:,.2f} G"],
        *(
            [f"seconds to {what}", f"{getattr(speed, name):.1f}"]
            for what, name in (("build", "build_seconds"), ("load", "loading_seconds"), ("simulate", "seconds"))
        ),
    ]
    tables = [table(f"Core {chosen.name} in RTL", ["figure", "value"], rows)]
    if compared is not None:
        rows = [[str(each.layer), f"{each.compared:,}", f"{each.mismatches:,}"] for each in compared.layers]
        tables.append(table("Activations of the first input", ["layer", "compared", "different"], rows))
    show(result, tables, as_json=as_json)
    if compared is not None and compared.first is not None:
        place = compared.first
        notice(
            f"bayescim: layer {place.layer}, pass {place.pass_index}, position {place.position}, "
            f"channel {place.channel}: golden {place.golden}, RTL {1 - place.golden}"
        )
    if equivalence.mismatches or equivalence.statistics_mismatches or (compared is not None and compared.first):
        raise typer.Exit(1)
