"""Tables of the study of shared draws."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ..effect_row import EFFECTS, effect_row
from ..study import Shown

__all__ = ["sections", "sharing_tables", "to_markdown"]

_COLUMNS = ("drawn in each", "generators", "registers", "correlation, layer by layer", *EFFECTS[1:])


def sharing_tables(result: Mapping[str, Any]) -> list[Table]:
    """Return everything but the deviations as a table."""
    return [table("Draws shared among columns, means", list(_COLUMNS), _rows(result, shown=False))]


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return a section of the document for each network."""
    return {f"sharing {result['provenance']['config_name']}": to_markdown(result) for result, _ in results}


def to_markdown(result: Mapping[str, Any]) -> str:
    """Return everything as Markdown."""
    inputs, passes, repeats, correlated = (result[key] for key in ("inputs", "passes", "repeats", "correlated"))
    return (
        f"{inputs:,} test images, T = {passes}, mean ± standard deviation over {repeats} repetitions. Correlation: "
        f"root mean square over all pairs\nof outputs of each layer, in {correlated:,} passes with the same input "
        f"bits; independent ones have {1 / (correlated - 1) ** 0.5:.3f}. AUROC of the predictive\nentropy: test images "
        "against the same turned by a quarter, and against uniform noise.\n\n"
        f"{markdown.table(_COLUMNS, _rows(result, shown=True), padded=True)}"
    )


def _rows(result: Mapping[str, Any], *, shown: bool) -> list[list[str]]:
    return [
        [
            each["sampling"],
            "independent" if each["generators"] is None else str(each["generators"]),
            "—" if each["registers"] is None else f"{each['registers']:,}",
            ", ".join(f"{value:.3f}" for value in each["correlations"]),
            *effect_row(each["effect"], shown=shown)[1:],
        ]
        for each in result["ways"]
    ]
