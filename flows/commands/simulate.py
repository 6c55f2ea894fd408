"""``bayescim simulate``."""

from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..arguments import (
    ConfigArgument,
    DataOption,
    DeterministicOption,
    JsonOption,
    OutputOption,
    PassesOption,
    ProgramOption,
    VerilogOption,
)
from ..console import progress, show, table
from ..products import Products

__all__ = ["simulate"]


def simulate(
    config: ConfigArgument,
    output: OutputOption = None,
    program: ProgramOption = None,
    verilog: VerilogOption = None,
    passes: PassesOption = None,
    inputs: Annotated[
        int | None, typer.Option("--inputs", metavar="N", help="Number of test inputs.", show_default="all")
    ] = None,
    data: DataOption = None,
    deterministic: DeterministicOption = False,
    as_json: JsonOption = False,
) -> None:
    """Run the test set through the Verilated core and compare every logit of every pass with golden.

    Writes DIR/simulate.json and, with all logits, DIR/simulate.npz. The exit code is 1 where they differ.
    """
    chosen = CoreConfig.load(config)
    products = Products.at(chosen, output)

    from ..simulate import simulate as step

    with progress(f"simulate {chosen.name}") as advance:
        result = step(
            products,
            deterministic=deterministic,
            program=program,
            verilog=verilog,
            passes=passes,
            inputs=inputs,
            data=data,
            on_progress=advance,
        )
    equivalence, speed = result["equivalence"], result["simulator"]
    rows = [
        ["inputs × passes", f"{result['inputs']:,} × {result['passes']}"],
        ["correct, by the core's own class", f"{result['correct'] / result['inputs']:.2%}"],
        ["logits that differ from golden", f"{equivalence.mismatches:,} of {equivalence.compared:,}"],
        [
            "statistics that differ from golden",
            f"{equivalence.statistics_mismatches:,} of {equivalence.compared_statistics:,}",
        ],
        ["clock cycles per input", f"{result['cycles_per_input']:,.1f}"],
        ["simulated inputs per second", f"{speed['inputs_per_second']:,.0f}"],
        ["simulated bit-MAC per second", f"{speed['bit_macs_per_second'] / 1e9:,.2f} G"],
        ["seconds, of them to build", f"{speed['seconds'] + speed['build_seconds']:.1f}, {speed['build_seconds']:.1f}"],
    ]
    show(result, [table(f"Core {chosen.name} in RTL", ["figure", "value"], rows)], as_json=as_json)
    if equivalence.mismatches or equivalence.statistics_mismatches:
        raise typer.Exit(1)
