"""Table and picture of the study of masks."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib import style
from matplotlib.figure import Figure
from rich.table import Table

from flows.base import markdown
from flows.base.console import table
from flows.base.pictures import STYLE
from flows.studies.study import Draw

COLUMNS = ("dropped bits", "masks", "mean accuracy", "least", "largest")


def rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return a row of :data:`COLUMNS` for each number of dropped bits."""
    return [
        [
            str(each["bits"]),
            str(len(each["accuracy"])),
            f"{sum(each['accuracy']) / len(each['accuracy']):.1%}",
            f"{min(each['accuracy']):.1%}",
            f"{max(each['accuracy']):.1%}",
        ]
        for each in result["dropped"]
    ]


def title(result: Mapping[str, Any]) -> str:
    """Return the title of a result's page."""
    return f"Masks of {result['provenance']['config_name']}"


def tables(result: Mapping[str, Any]) -> Sequence[Table]:
    """Return the table for a terminal."""
    return [table(f"{title(result)}, {result['inputs']:,} inputs", list(COLUMNS), rows(result))]


def to_markdown(result: Mapping[str, Any], picture: str) -> str:
    """Return a result as Markdown, its picture at the address ``picture``."""
    return f"{markdown.table(COLUMNS, rows(result))}\n![Accuracy under each mask]({picture})\n"


def pictures(result: Mapping[str, Any]) -> Mapping[str, Draw]:
    """Return the picture of a result."""
    return {"masks": functools.partial(draw, result)}


def draw(result: Mapping[str, Any]) -> Figure:
    """Draw the accuracy under each mask over the number of dropped bits."""
    with style.context(STYLE):
        figure = Figure(layout="constrained")
        axes = figure.subplots()
        points = [(each["bits"], accuracy) for each in result["dropped"] for accuracy in each["accuracy"]]
        axes.plot(*zip(*points, strict=True), linestyle="", marker="o", alpha=0.5)
        axes.set(title=title(result), xlabel="dropped bits of the mask", ylabel="accuracy", ylim=(0, 1))
        return figure
