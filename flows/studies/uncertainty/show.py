"""Tables of the study of uncertainty."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from hdl.config import InputError

from ...base import markdown
from ...base.console import table
from ..result_kind import of_trained
from ..study import Draw, Panel, Shown
from .picture import draw_uncertainty, uncertainty_panels

__all__ = [
    "COLUMNS",
    "DETECTION_COLUMNS",
    "agrees",
    "keep",
    "measured",
    "panels",
    "pictures",
    "rows_of_detection",
    "rows_of_passes",
    "said",
    "sections",
    "tables",
    "title",
    "to_markdown",
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


def agrees(result: Mapping[str, Any]) -> bool:
    """Return whether golden and RTL agree, where both were measured."""
    compared = result["equivalence"]
    if compared is None:
        return True
    return not (compared["mismatches"] or compared["statistics_mismatches"]) and result["same_numbers"] is True


def title(result: Mapping[str, Any]) -> str:
    """Return the title of a result's page."""
    return f"Uncertainty of {result['name']}"


def tables(result: Mapping[str, Any]) -> list[Table]:
    """Return measures by number of passes, and detection by set, as tables."""
    measures = f"Uncertainty of {result['name']}, {result['sets']['test']:,} inputs"
    return [
        table(measures, list(COLUMNS), rows_of_passes(result)),
        table(f"Out of distribution, T = {result['passes'][-1]}", list(DETECTION_COLUMNS), rows_of_detection(result)),
    ]


def pictures(result: Mapping[str, Any]) -> Mapping[str, Draw]:
    """Return the picture of a result."""
    drawn = functools.partial(draw_uncertainty, measured(result)[1], result["exact"])
    return {f"uncertainty_{result['name']}": drawn}


def panels(result: Mapping[str, Any]) -> Sequence[Panel]:
    """Return the parts of the picture."""
    return uncertainty_panels(measured(result)[1], result["exact"])


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return the section of the document: network after network."""
    parts = [f"### `{result['name']}`\n\n{to_markdown(result, *addresses)}" for result, addresses in results]
    return {"uncertainty": "\n".join(parts)}


def keep(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of a result that a checkout keeps.

    Raises
    ------
    InputError
        It is about random weights, or RTL and golden differ.
    """
    of_trained(result)
    if result["same_numbers"] is False:
        raise InputError(f"report must be of RTL that agrees with golden, not of {result['name']!r}, which does not")
    source, assessments = measured(result)
    shown = [
        _without_curves(each) if 0 < index < len(assessments) - 1 else each for index, each in enumerate(assessments)
    ]
    # The reason why a set is omitted depends on the machine.
    left_out = dict.fromkeys(result["left_out"], "not at hand")
    exact = result["exact"] and _without_curves(result["exact"])
    return {**result, "left_out": left_out, "assessments": {source: shown}, "exact": exact}


def _without_curves(assessment: Mapping[str, Any]) -> dict[str, Any]:
    """Return an assessment without the points of its curves, which are drawn of the fewest and the most passes."""
    selective = {name: {**each, "coverage": [], "risk": []} for name, each in assessment["selective"].items()}
    return {**assessment, "selective": selective}


def to_markdown(result: Mapping[str, Any], picture_path: str) -> str:
    """Return the report as Markdown, its picture in ``picture_path``."""
    most = measured(result)[1][-1]["passes"]
    sets = ", ".join(f"`{name}` {count:,}" for name, count in result["sets"].items())
    left_out = result["left_out"]
    chance = " Random weights: right by chance only." if result["random_weights"] else ""
    lines = [
        f"`{result['name']}`, {result['method']}, {result['sets']['test']:,} test inputs. {said(result)}{chance}",
        "",
        markdown.table(COLUMNS, rows_of_passes(result)),
        f"Out of distribution at T = {most}; inputs: {sets}."
        + (f" Left out, not at hand: {', '.join(left_out)}." if left_out else ""),
        "",
        markdown.table(DETECTION_COLUMNS, rows_of_detection(result)),
        f"![Measures of {result['name']} against the number of passes, and risk against coverage]({picture_path})",
    ]
    return "\n".join(lines) + "\n"
