"""The uncertainty report as tables, on a page and on a terminal."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ...base.files import write_atomically
from ...base.pictures import to_svg
from .picture import draw_uncertainty

__all__ = [
    "COLUMNS",
    "DETECTION_COLUMNS",
    "measured",
    "picture",
    "rows_of_detection",
    "rows_of_passes",
    "said",
    "to_markdown",
    "write_page",
]

#: Columns of the two tables.
COLUMNS = ("T", "accuracy", "NLL", "Brier", "ECE", "adaptive ECE", "AURC", "excess")
DETECTION_COLUMNS = ("set", "inputs", "score", "AUROC", "AUPR", "AUPR, known", "FPR95")

#: The score by which the area under risk and coverage is shown.
_SELECTIVE = "max_probability"


def measured(result: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return whose assessments are shown, those of the RTL where it ran, and the assessments."""
    found = result["assessments"]
    source = "rtl" if "rtl" in found else "golden"
    return source, found[source]


def rows_of_passes(result: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each number of passes, and one for all masks, in the order of the columns."""
    rows = []
    exact = [result["exact"]] if result["exact"] else []
    for each in (*measured(result)[1], *exact):
        curve = each["selective"][_SELECTIVE]
        values = [each[name] for name in ("nll", "brier", "ece", "adaptive_ece")] + [curve["aurc"], curve["excess"]]
        rows.append([str(each["passes"] or "exact"), f"{each['accuracy']:.2%}", *(f"{value:.4f}" for value in values)])
    return rows


def rows_of_detection(result: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each set and score, at the largest number of passes."""
    return [
        [
            name,
            f"{result['sets'][name]:,}",
            score.replace("_", " "),
            *(f"{found[measure]:.4f}" for measure in ("auroc", "aupr", "aupr_known", "fpr95")),
        ]
        for name, by_score in measured(result)[1][-1]["detection"].items()
        for score, found in by_score.items()
    ]


def said(result: Mapping[str, Any]) -> str:
    """Return a sentence on where the logits come from, and whether golden and RTL agree."""
    if result["source"] != "both":
        return f"From the logits of {result['source']} alone."
    compared = result["equivalence"]
    numbers = "the same" if result["same_numbers"] else "NOT the same"
    return (
        f"From the logits of the RTL; {compared['mismatches']:,} of {compared['compared']:,} differ from golden's, "
        f"whose numbers are {numbers}."
    )


def picture(result: Mapping[str, Any]) -> Figure:
    """Return the picture of a report."""
    return draw_uncertainty(measured(result)[1], result["exact"])


def to_markdown(result: Mapping[str, Any], picture_path: str) -> str:
    """Return the report as Markdown, its picture in ``picture_path``."""
    most = measured(result)[1][-1]["passes"]
    sets = ", ".join(f"`{name}` {count:,}" for name, count in result["sets"].items())
    left_out = result["left_out"]
    chance = " Random weights: right by chance only." if result["random_weights"] else ""
    lines = [
        f"`{result['name']}`, {result['method']}, {result['sets']['test']:,} test inputs. {said(result)}{chance}",
        "",
        *_table(COLUMNS, rows_of_passes(result)),
        "",
        f"Out of distribution at T = {most}; inputs: {sets}."
        + (f" Left out, not at hand: {', '.join(left_out)}." if left_out else ""),
        "",
        *_table(DETECTION_COLUMNS, rows_of_detection(result)),
        "",
        f"![Measures of {result['name']} against the number of passes, and risk against coverage]({picture_path})",
    ]
    return "\n".join(lines) + "\n"


def write_page(directory: Path, result: Mapping[str, Any]) -> None:
    """Write the page of a report and its picture into ``directory``."""
    write_atomically(directory / "uncertainty-passes.svg", to_svg(picture(result)))
    page = f"# Uncertainty of {result['name']}\n\n{to_markdown(result, 'uncertainty-passes.svg')}"
    write_atomically(directory / "uncertainty.md", page.encode())


def _table(columns: tuple[str, ...], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|", *(f"| {' | '.join(row)} |" for row in rows)]
