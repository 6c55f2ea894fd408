"""``bayescim synth``."""

from pathlib import Path
from typing import Annotated

import typer

from ..base.arguments import ConfigArgument, JsonOption, OutputOption, VerilogOption
from ..base.console import progress, show
from ..base.products import Products
from ..synthesis.targets import TARGETS

__all__ = ["synth"]


def synth(
    config: ConfigArgument,
    output: OutputOption = None,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", metavar="|".join(TARGETS), help="Target; may be repeated.", show_default="all"),
    ] = None,
    liberty: Annotated[
        Path | None, typer.Option("--liberty", metavar="FILE", help="Map to the cells of a Liberty file.")
    ] = None,
    verilog: VerilogOption = None,
    yosys: Annotated[
        str | None,
        typer.Option("--yosys", metavar="PROGRAM", help="Yosys to use.", show_default="the Python package's"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Count LUTs, flip-flops, carries and memories per block and in all, into DIR/synth.json."""
    products = Products.load(config, output)
    chosen = products.config

    from ..synthesis.synth import synth as step
    from ..synthesis.synth import synthesis_tables

    with progress(f"synthesize {chosen.name}") as advance:
        result = step(
            products,
            verilog=verilog,
            targets=target or (),
            liberty=liberty,
            yosys=yosys,
            on_progress=advance,
        )
    show(result, synthesis_tables(result), as_json=as_json)
