"""Tables of the study of the stochastic unit's cost."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ..study import Shown

__all__ = ["COLUMNS", "overhead_rows", "overhead_sentence", "sections", "tables", "to_markdown"]

#: Columns of the table: logic, LUTs or gates, and flip-flops of the core and of its stochastic unit.
COLUMNS = ("hidden layers", "weights", "target", "core: logic", "flip-flops", "unit: logic", "flip-flops", "share")


def overhead_rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each size and target, in the order of :data:`COLUMNS`."""
    return [
        [
            "-".join(map(str, size["hidden"])),
            f"{size['weights']:,}",
            target,
            *(f"{cells[part][kind]:,}" for part in ("core", "unit") for kind in ("logic", "flip-flops")),
            f"{sum(cells['unit'].values()) / sum(cells['core'].values()):.3%}",
        ]
        for size in result["overhead"]
        for target, cells in size["targets"].items()
    ]


def overhead_sentence(result: Mapping[str, Any]) -> str:
    """Return whether the unit is the same at every size."""
    verdict = (
        "takes the same cells at every size" if result["constant"] else "does NOT take the same cells at every size"
    )
    return f"{result['name']}, {result['method']}: the stochastic unit {verdict}."


def tables(result: Mapping[str, Any]) -> list[Table]:
    """Return all sizes as a table."""
    return [table(f"{result['name']} at several sizes", list(COLUMNS), overhead_rows(result))]


def to_markdown(result: Mapping[str, Any]) -> str:
    """Return sentence and table as Markdown."""
    return f"{overhead_sentence(result)}\n\n{markdown.table(COLUMNS, overhead_rows(result), padded=True)}"


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return the section of the document."""
    return {"overhead": "\n".join(to_markdown(result) for result, _ in results)}
