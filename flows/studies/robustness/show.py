"""Tables of the study of faults."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from ...base import markdown
from ...base.console import table
from ...base.spread import Spread
from ..study import Draw, Panel, Shown
from .picture import draw_robustness, robustness_panels

__all__ = [
    "COLUMNS",
    "described",
    "gain_sentences",
    "largest_gains",
    "panels",
    "pictures",
    "rows",
    "sections",
    "sentences",
    "tables",
    "title",
    "to_markdown",
]

#: Columns of the table of a fault.
COLUMNS = ("strength", "network", "accuracy", "NLL", "ECE")


def largest_gains(networks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return, for each other network and fault, where the first is the most points of accuracy better, and how many.

    A point is a hundredth of all inputs; the spread is the standard deviation of the difference of two chips.
    """
    first, *others = networks
    return [
        max(_differences(first, other, fault), key=lambda each: each["points"]) | {"against": other["label"]}
        for other in others
        for fault in first["faults"]
        if first["faults"][fault]
    ]


def _differences(first: Mapping[str, Any], other: Mapping[str, Any], fault: str) -> list[dict[str, Any]]:
    pairs = zip(first["faults"][fault], other["faults"][fault], strict=True)
    return [
        {
            "fault": fault,
            "strength": mine["strength"],
            "points": 100 * (mine["accuracy"]["mean"] - theirs["accuracy"]["mean"]),
            "spread": 100 * math.hypot(mine["accuracy"]["deviation"], theirs["accuracy"]["deviation"]),
        }
        for mine, theirs in pairs
    ]


def gain_sentences(result: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each other network: the largest gain in points over all faults, and where."""
    first, *others = result["networks"]
    sentences, label = [], _label(first)
    for other in others:
        gains = [each for each in result["gains"] if each["against"] == other["label"]]
        best = max(gains, key=lambda each: each["points"])
        unit = result["kinds"][best["fault"]]["unit"]
        error = best["spread"] / math.sqrt(result["chips"])
        sentences.append(
            f"The largest gain of {label} over {_label(other)}: {best['points']:+.2f} ± {error:.2f} points of "
            f"accuracy, {best['fault']} at {unit} {best['strength']:g}."
        )
    return sentences


def _label(network: Mapping[str, Any]) -> str:
    return f"{network['label']} (T = {network['passes']})"


def rows(result: Mapping[str, Any], fault: str) -> list[list[str]]:
    """Return a row for each strength of ``fault`` and network, the first without any, in the order of the columns.

    Each value is a mean ± standard deviation over the chips, which are all the same without a fault.
    """
    networks = result["networks"]
    first = [["0", each["label"], *_means(each["without"])] for each in networks]
    return first + [
        [f"{point['strength']:g}", each["label"], *_cells(point)]
        for index in range(len(networks[0]["faults"][fault]))
        for each in networks
        for point in (each["faults"][fault][index],)
    ]


def _cells(point: Mapping[str, Any]) -> list[str]:
    accuracy, nll, ece = (Spread.kept(point[name]) for name in ("accuracy", "nll", "ece"))
    return [f"{accuracy:.2%}", f"{nll:.3f}", f"{ece:.3f}"]


def _means(point: Mapping[str, Any]) -> list[str]:
    accuracy, nll, ece = (point[name]["mean"] for name in ("accuracy", "nll", "ece"))
    return [f"{accuracy:.2%}", f"{nll:.3f}", f"{ece:.3f}"]


def title(result: Mapping[str, Any]) -> str:
    """Return the title of a result's page."""
    return f"Robustness of {result['name']}"


def tables(result: Mapping[str, Any]) -> list[Table]:
    """Return a table for each fault."""
    return [
        table(f"{name}, {kind['draws']}, by {kind['unit']}", list(COLUMNS), rows(result, name))
        for name, kind in result["kinds"].items()
    ]


def pictures(result: Mapping[str, Any]) -> Mapping[str, Draw]:
    """Return the picture of a result."""
    return {f"robustness_{result['name']}": functools.partial(draw_robustness, result["networks"], result["kinds"])}


def panels(result: Mapping[str, Any]) -> Sequence[Panel]:
    """Return the parts of the picture."""
    return robustness_panels(result["networks"], result["kinds"])


def sentences(result: Mapping[str, Any]) -> list[str]:
    """Return a sentence on what was measured, and those on the largest gains."""
    return [described(result), *gain_sentences(result)]


def described(result: Mapping[str, Any]) -> str:
    """Return a sentence on the networks, chips and inputs."""
    networks = result["networks"]
    passes = ", ".join(str(each["passes"]) for each in networks)
    labels = ", ".join(each["label"] for each in networks)
    chance = " Random weights: right by chance only." if any(each["random_weights"] for each in networks) else ""
    return (
        f"{labels}: {result['chips']} chips for each point, {networks[0]['inputs']:,} test inputs, T = {passes}; "
        f"mean ± standard deviation over the chips.{chance}"
    )


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return the section of the document: network after network."""
    parts = [f"### `{result['name']}`\n\n{to_markdown(result, *addresses)}" for result, addresses in results]
    return {"robustness": "\n".join(parts)}


def to_markdown(result: Mapping[str, Any], picture_path: str) -> str:
    """Return the report as Markdown, its picture in ``picture_path``."""
    networks = result["networks"]
    passes = ", ".join(str(each["passes"]) for each in networks)
    inputs = f"{networks[0]['inputs']:,} test inputs, T = {passes}"
    labels = ", ".join(f"`{each['label']}`" for each in networks)
    chance = " Random weights: right by chance only." if any(each["random_weights"] for each in networks) else ""
    lines = [
        f"{labels}; {result['chips']} chips for each point, {inputs}; "
        f"mean ± standard deviation over the chips.{chance}",
        "",
    ]
    lines += [f"{sentence}\n" for sentence in gain_sentences(result)]
    for fault, kind in result["kinds"].items():
        lines += [
            f"**{fault}**, {kind['draws']}, by {kind['unit']}:",
            "",
            markdown.table(COLUMNS, rows(result, fault)),
        ]
    lines.append(f"![Accuracy, NLL and ECE of {result['name']} against the strength of faults]({picture_path})")
    return "\n".join(lines) + "\n"
