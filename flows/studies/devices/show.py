"""Tables of the study of device models, and its Markdown."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from golden.devices import QUANTITIES

from ...base import markdown
from ...base.console import table
from ..study import Draw, Shown
from .picture import draw_device
from .times import TIMES

__all__ = ["device_tables", "passed", "pictures", "render_device", "sections", "to_markdown", "verdict"]

_COLUMNS = ("target", "time", "moment", "sampled", "formula", "error", "z", "")


def device_tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the moments of each device as a table."""
    return [table(f"Moments of {each['name']}, µS", list(_COLUMNS), _rows(each)) for each in result["devices"]]


def verdict(result: Mapping[str, Any]) -> str:
    """Return the verdict of all comparisons in a line."""
    rows = [row for each in result["devices"] for row in each["moments"] if row["judged"]]
    # A score that is not finite has become null.
    largest = max((abs(row["score"]) if row["score"] is not None else float("inf") for row in rows), default=0.0)
    failed = sum(row["passed"] is False for row in rows)
    count = result["chips"] * result["cells"]
    return (
        f"{result['comparisons']} moments of {count:,} cells each ({result['chips']:,} chips × {result['cells']:,}): "
        f"the largest difference is {largest:.2f} standard errors, where right models exceed {result['limit']:.2f} in "
        f"{result['level']:.0%} of cases at the most; {failed} failed."
    )


def passed(result: Mapping[str, Any]) -> bool:
    """Return whether every moment that is judged agrees with its formula."""
    return all(row["passed"] is not False for each in result["devices"] for row in each["moments"])


def pictures(result: Mapping[str, Any]) -> Mapping[str, Draw]:
    """Return a picture of each device."""
    return {f"device_{each['name']}": functools.partial(draw_device, each) for each in result["devices"]}


def sections(results: Sequence[Shown]) -> Mapping[str, str]:
    """Return the section of the document."""
    return {"devices": "\n".join(to_markdown(result, *addresses) for result, addresses in results)}


def to_markdown(result: Mapping[str, Any], *addresses: str) -> str:
    """Return verdict and moments as Markdown, device after device, each with its picture."""
    parts = [f"{verdict(result)}\n"]
    for each, address in zip(result["devices"], addresses, strict=True):
        parts.append(f"### `{each['name']}`\n\n{render_device(each, address)}")
    return "\n".join(parts)


def render_device(device: Mapping[str, Any], picture: str) -> str:
    """Return the moments of a device, one line for a target and a time, and its picture."""
    quantities = [column for each in QUANTITIES for column in (f"{each}, µS", "formula", "z")]
    points: dict[tuple[float, float], dict[str, Any]] = {}
    for row in device["moments"]:
        points.setdefault((row["target"], row["seconds"]), {})[row["quantity"]] = row
    found = [
        [
            f"{target:g}",
            _time(seconds),
            *(cell for each in QUANTITIES for cell in _cells(rows[each])),
            _verdict([*rows.values()]),
        ]
        for (target, seconds), rows in points.items()
    ]
    shown = markdown.table(["target, µS", "time", *quantities, "verdict"], found)
    return f"{shown}\n![Conductance and read noise of {device['name']} over time]({picture})\n"


def _rows(device: Mapping[str, Any]) -> list[list[str]]:
    return [
        [
            f"{row['target']:g}",
            _time(row["seconds"]),
            row["quantity"].removesuffix(" deviation"),
            f"{row['sampled']:.5g}",
            f"{row['formula']:.5g}",
            f"{row['standard_error']:.2g}",
            _score(row),
            _verdict([row]),
        ]
        for row in device["moments"]
    ]


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [f"{row['sampled']:.5g}", f"{row['formula']:.5g}", _score(row)]


def _verdict(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return `pass`, `FAIL`, or `few` where there are too few cells to judge the rare errors of one."""
    if any(row["passed"] is False for row in rows):
        return "FAIL"
    return "pass" if all(row["passed"] for row in rows) else "few"


def _score(row: Mapping[str, Any]) -> str:
    return "∞" if row["score"] is None else f"{row['score']:+.2f}"


def _time(seconds: float) -> str:
    return next((name for name, each in TIMES.items() if each == seconds), f"{seconds:g} s")
