"""``bayescim netlist``."""

from pathlib import Path
from typing import Annotated

import typer

from ..base.arguments import ConfigArgument, JsonOption, OutputOption
from ..base.bounds import LARGEST_SEED
from ..base.console import progress, show
from ..base.products import Products

__all__ = ["netlist"]


def netlist(
    config: ConfigArgument,
    output: OutputOption = None,
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", metavar="ice40|ecp5|xilinx", help="May be repeated.", show_default="all"),
    ] = None,
    simulator: Annotated[
        str | None,
        typer.Option("--simulator", "-s", metavar="NAME", help="verilator or icarus.", show_default="the fastest"),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed of the testbench.")
    ] = 0,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", metavar="SECONDS", min=1, help="Of a processor, for each attempt to decide about a block."
        ),
    ] = 5,
    into: Annotated[
        Path | None,
        typer.Option("--document", metavar="FILE", help="Document whose section `netlist CONFIG` is written."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Map the core and run its tests on the netlist, compare the blocks, into DIR/netlist.json. 1 if they differ."""
    products = Products.load(config, output)

    from ..base.files import write_atomically
    from ..base.sections import read_document, replace_section
    from ..synthesis.netlist import netlist as step
    from ..synthesis.netlist_tables import netlist_tables, to_markdown

    section = f"netlist {products.config.name}"
    if into is not None:
        replace_section(read_document(into), section, "")
    with progress(f"netlist {products.config.name}") as advance:
        result = step(products, targets=target or (), simulator=simulator, seed=seed, limit=limit, on_progress=advance)
    if into is not None:
        # Read again: a run is long, and the document may have changed meanwhile.
        write_atomically(into, replace_section(read_document(into), section, to_markdown(result)).encode())
    show(result, netlist_tables(result), as_json=as_json)
    if not all(each.same for each in result.targets):
        raise typer.Exit(1)
