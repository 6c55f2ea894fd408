"""Tables of a placement."""

from rich.table import Table

from ..base import markdown
from ..base.console import table
from .place import Placement

__all__ = ["place_tables", "to_markdown"]

_SUMMARY = ("configuration", "device", "`pipeline`", "Fmax, MHz", "spread", "seeds", "goal", "Yosys, nextpnr")
_PATH = ("block", "to", "cells", "logic, ns", "routing, ns")


def place_tables(placement: Placement) -> list[Table]:
    """Return frequency, cells, critical path and slowest path into each block as tables."""
    name = placement.provenance.config_name
    runs = [[str(seed), f"{each:.1f}"] for seed, each in placement.frequencies.items()]
    runs += [["mean", f"{placement.mean:.1f}"], ["spread", f"{placement.spread:.1f}"]]
    runs += [["goal", f"{placement.goal:.1f}"]]
    cells = [[kind, f"{used:,}", f"{of:,}", f"{used / of:.1%}"] for kind, (used, of) in placement.utilization.items()]
    cells += [["flip-flops of the pin shell", f"{placement.shell:,}", "", ""]]
    return [
        table(f"{name}: {placement.target}", ["seed", "Fmax, MHz"], runs),
        table(f"Cells of {placement.device}", ["kind", "used", "available", "share"], cells),
        table("Critical path", list(_PATH), _path_rows(placement)),
        table(
            "Slowest path into each block",
            ["block", "to", "ns"],
            [[each.block, each.place, f"{each.delay:.2f}"] for each in placement.slowest],
        ),
    ]


def to_markdown(placement: Placement) -> str:
    """Return frequency, cells and critical path as tables of a document."""
    seeds = ", ".join(map(str, placement.frequencies))
    cells = ", ".join(f"{used:,} {kind}" for kind, (used, _) in placement.utilization.items())
    summary = [
        f"`{placement.provenance.config_name}`",
        placement.device,
        str(placement.pipeline),
        f"{placement.mean:.1f}",
        f"{placement.spread:.1f}",
        seeds,
        f"{placement.goal:g}",
        ", ".join(placement.tools.values()),
    ]
    return (
        f"{markdown.table(_SUMMARY, [summary])}\n"
        f"Cells: {cells}; {placement.shell:,} of the flip-flops are the pin shell's.\n\n"
        f"{markdown.table(_PATH, _path_rows(placement))}"
    )


def _path_rows(placement: Placement) -> list[list[str]]:
    path = placement.path
    logic, routing = sum(each.logic for each in path), sum(each.routing for each in path)
    rows = [[e.block, e.place, str(e.cells), f"{e.logic:.2f}", f"{e.routing:.2f}"] for e in path]
    return [*rows, ["in all", "", str(sum(each.cells for each in path)), f"{logic:.2f}", f"{routing:.2f}"]]
