"""``bayescim document``."""

from pathlib import Path
from typing import Annotated

import typer

from ..console import notice

__all__ = ["document"]


def document(
    reports: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[REPORT.json]...",
            help="report.json, scale.json, uncertainty.json, robustness.json, exact.json, schemes.json or "
            "compare.json, taken over.",
        ),
    ] = None,
    root: Annotated[Path, typer.Option("--root", metavar="DIR", help="Checkout whose documents are written.")] = Path(),
) -> None:
    """Write the tables of README.md, docs/benchmarks.md and docs/uncertainty.md from the figures in docs/results, after
    adding those of REPORT.json; that of examples/trained; and the registers. Figures of `exact` go into docs/exact.md.
    """
    from ..documents import document as step

    notice(f"The tables are in {step(root, reports or ())}")
