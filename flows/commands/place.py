"""``bayescim place``."""

from pathlib import Path
from typing import Annotated

import typer

from ..base.arguments import ConfigArgument, JsonOption, OutputOption
from ..base.console import progress, show
from ..base.products import Products

__all__ = ["place"]


def place(
    config: ConfigArgument,
    output: OutputOption = None,
    target: Annotated[str, typer.Option("--target", "-t", metavar="ice40|ecp5", help="Device.")] = "ecp5",
    seed: Annotated[
        list[int] | None,
        typer.Option(
            "--seed", metavar="N", min=0, max=2**31 - 1, help="Seed of a run; may be repeated.", show_default="1"
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option("--document", metavar="FILE", help="Document whose section `timing CONFIG TARGET` is written."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Place and route the core, into DIR/place-TARGET.json: its frequency and its critical path by blocks."""
    products = Products.load(config, output)

    from ..base.files import write_atomically
    from ..base.sections import read_document, replace_section
    from ..synthesis.place import place as step
    from ..synthesis.placement_tables import place_tables, to_markdown

    section = f"timing {products.config.name} {target}"
    if into is not None:
        replace_section(read_document(into), section, "")
    with progress(f"place {products.config.name}") as advance:
        placement = step(products, target=target, seeds=seed or [1], on_progress=advance)
    if into is not None:
        # Read again: a run is long, and the document may have changed meanwhile.
        text = replace_section(read_document(into), section, to_markdown(placement))
        write_atomically(into, text.encode())
    show(placement, place_tables(placement), as_json=as_json)
