"""``bayescim document``."""

from pathlib import Path
from typing import Annotated

import typer

from ..base.console import notice

__all__ = ["document"]


def document(
    reports: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[REPORT.json]...",
            help="What demo or a study wrote.",
        ),
    ] = None,
    root: Annotated[Path, typer.Option("--root", metavar="DIR", help="Checkout whose documents are written.")] = Path(),
    vectors: Annotated[
        bool, typer.Option("--vectors", help="Make the test vectors of docs/numerics.md anew first.")
    ] = False,
) -> None:
    """Write the tables and pictures of README.md, docs/ and examples/trained from the figures in docs/results, after
    taking over those of REPORT.json.
    """
    from ..documents import document as step

    done = step(root, reports or (), vectors=vectors)
    notice(f"The tables are in {done}")
