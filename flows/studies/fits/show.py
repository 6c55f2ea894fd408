"""Tables of the study of column groups."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ..study import Shown

__all__ = ["fits_columns", "fits_rows", "fits_sentence", "sections", "tables", "to_markdown"]

#: Kinds of cells in the tables; all that are memories are told.
_KINDS = ("LUTs", "gates", "flip-flops", "LUT RAMs", "block RAMs")


def fits_columns(result: Mapping[str, Any]) -> list[str]:
    """Return the columns of the table."""
    return ["columns at a time", "cycles per input", "target", *_kinds(result)]


def fits_rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each core and target."""
    return [
        [
            f"{grouping['columns']}" + (" (all)" if grouping["columns"] == result["cols"] else ""),
            f"{grouping['cycles_per_input']:,.0f}",
            target,
            *(f"{cells.get(kind, 0):,}" for kind in _kinds(result)),
        ]
        for grouping in result["groupings"]
        for target, cells in grouping["cells"].items()
    ]


def fits_sentence(result: Mapping[str, Any]) -> str:
    """Return of which core and passes the table is."""
    return f"`{result['name']}`, arrays of {result['cols']} columns, cycles of an input of {result['passes']} passes."


def tables(result: Mapping[str, Any]) -> list[Table]:
    """Return all cores as a table."""
    return [table(f"Columns of {result['name']} in groups", fits_columns(result), fits_rows(result))]


def to_markdown(result: Mapping[str, Any]) -> str:
    """Return sentence and table as Markdown."""
    return f"{fits_sentence(result)}\n\n{markdown.table(fits_columns(result), fits_rows(result), padded=True)}"


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return the section of the document."""
    return {"fits": "\n".join(to_markdown(result) for result, _ in results)}


def _kinds(result: Mapping[str, Any]) -> Sequence[str]:
    """Return the kinds of cells that there are."""
    found = {kind for grouping in result["groupings"] for cells in grouping["cells"].values() for kind in cells}
    return [kind for kind in _KINDS if kind in found]
