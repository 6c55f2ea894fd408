"""Moments of device models for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table

from golden.devices.validation import QUANTITIES

from ...base.console import table
from .study import TIMES

__all__ = ["device_tables", "to_markdown", "verdict"]

_COLUMNS = ("target", "time", "moment", "sampled", "formula", "error", "z", "")


def device_tables(result: Mapping[str, Any]) -> list[Table]:
    """Return the moments of each device as a table."""
    return [table(f"Moments of {each['name']}, µS", list(_COLUMNS), _rows(each)) for each in result["devices"]]


def verdict(result: Mapping[str, Any]) -> str:
    """Return in a line what the comparisons say together."""
    rows = [row for each in result["devices"] for row in each["moments"] if row["judged"]]
    # What is not at all what it should be has become null.
    largest = max((abs(row["score"]) if row["score"] is not None else float("inf") for row in rows), default=0.0)
    failed = sum(row["passed"] is False for row in rows)
    count = result["chips"] * result["cells"]
    return (
        f"{result['comparisons']} moments of {count:,} cells each ({result['chips']:,} chips × {result['cells']:,}): "
        f"the largest difference is {largest:.2f} standard errors, where right models exceed {result['limit']:.2f} in "
        f"{result['level']:.0%} of cases at the most; {failed} failed."
    )


def to_markdown(device: Mapping[str, Any], picture: str) -> str:
    """Return the moments of a device, one line for a target and a time, and its picture."""
    lines = [
        "| target, µS | time | " + " | ".join(f"{each}, µS | formula | z" for each in QUANTITIES) + " | verdict |",
        "|---" * (3 + 3 * len(QUANTITIES)) + "|",
    ]
    points: dict[tuple[float, float], dict[str, Any]] = {}
    for row in device["moments"]:
        points.setdefault((row["target"], row["seconds"]), {})[row["quantity"]] = row
    for (target, seconds), rows in points.items():
        cells = [_cells(rows[each]) for each in QUANTITIES]
        lines.append(f"| {target:g} | {_time(seconds)} | {' | '.join(cells)} | {_verdict([*rows.values()])} |")
    return "\n".join(lines) + f"\n\n![Conductance and read noise of {device['name']} over time]({picture})\n"


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


def _cells(row: Mapping[str, Any]) -> str:
    return f"{row['sampled']:.5g} | {row['formula']:.5g} | {_score(row)}"


def _verdict(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return `pass`, `FAIL`, or `few` where there are too few cells to judge the rare errors of one."""
    if any(row["passed"] is False for row in rows):
        return "FAIL"
    return "pass" if all(row["passed"] for row in rows) else "few"


def _score(row: Mapping[str, Any]) -> str:
    return "∞" if row["score"] is None else f"{row['score']:+.2f}"


def _time(seconds: float) -> str:
    return next((name for name, each in TIMES.items() if each == seconds), f"{seconds:g} s")
