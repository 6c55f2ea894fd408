"""``bayescim gates``."""

from pathlib import Path
from typing import Annotated

import typer

from ..base.arguments import JsonOption
from ..base.console import progress, show, table

__all__ = ["gates"]


def gates(
    target: Annotated[
        list[str] | None,
        typer.Option("--target", "-t", metavar="NAME", help="Target; may be repeated.", show_default="all"),
    ] = None,
    size: Annotated[
        list[int] | None,
        typer.Option("--size", "-n", metavar="N", help="Bits of a column; may be repeated.", show_default="several"),
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--document", metavar="FILE", help="Document whose section `gates` is written.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Count the LUTs per XNOR-popcount bit, of every target's own structure and of plain logic."""
    from ..base.files import write_atomically
    from ..base.sections import read_document, replace_section
    from ..synthesis.gates import GOALS, LANES, SIZES, measure_gates, to_markdown

    text = replace_section(read_document(into), "gates", "") if into is not None else ""
    with progress("count gates") as advance:
        found = measure_gates(target or tuple(GOALS), size or SIZES, on_progress=advance)
    if into is not None:
        write_atomically(into, replace_section(text, "gates", to_markdown(found)).encode())
    rows = [
        [each.target, each.structure, f"{each.words:,}", f"{each.cells:,}", f"{each.per_bit:.3f}"] for each in found
    ]
    columns = ["target", "structure", "bits of a column", "LUTs", "LUTs per bit"]
    show(found, [table(f"XNOR-popcount, {LANES} columns", columns, rows)], as_json=as_json)
