"""Timing reports of nextpnr by block."""

import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hdl.verilog import Hierarchy

from .pin_shell import INSTANCE

__all__ = ["Arrival", "Segment", "arrivals", "block_of", "critical_path", "frequency"]

_CLOCKED = "posedge"
_SHELL = "pin shell"

#: Suffixes that mapping appends to the name of the net beside a cell.
_MAPPED = re.compile(r"(_(TRELLIS_|LUT4|SB_|CCU2C|PFUMX|L6MUX|MULT|DP16|PDP)|\$(CCU2_COMB|nextpnr|abc)).*")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Segment:
    """Part of a path within one block."""

    block: str
    """Block."""

    place: str
    """Last net in the block that has a name in the design."""

    cells: int
    """Number of cells on the path."""

    logic: float
    """Delay of these cells, setup included, in ns."""

    routing: float
    """Delay of the wires to them, in ns."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Arrival:
    """End of the slowest path into a block."""

    block: str
    """Block."""

    place: str
    """Name of the register, or of a net beside it."""

    delay: float
    """Time from the clock edge to there, setup included, in ns."""


def frequency(report: Mapping[str, Any]) -> float:
    """Return the highest frequency of the slowest clock, in MHz."""
    return min(clock["achieved"] for clock in report["fmax"].values())


def critical_path(report: Mapping[str, Any], hierarchy: Hierarchy) -> list[Segment]:
    """Return the slowest path from register to register as its segments in the blocks of ``hierarchy``."""
    paths = [
        path["path"]
        for path in report["critical_paths"]
        if path["from"].startswith(_CLOCKED) and path["to"].startswith(_CLOCKED)
    ]
    slowest = max(paths, key=_delay)
    by_block = itertools.groupby(slowest, lambda step: block_of(_cell(step), hierarchy))
    return [_segment(block, list(steps)) for block, steps in by_block]


def arrivals(report: Mapping[str, Any], hierarchy: Hierarchy) -> list[Arrival]:
    """Return the slowest path into each block of ``hierarchy``, the slowest of them first."""
    found: dict[str, Arrival] = {}
    for cell, delay in _endpoints(report):
        block = block_of(cell, hierarchy)
        if block not in found or delay > found[block].delay:
            found[block] = Arrival(block=block, place=_place(cell), delay=delay)
    return sorted(found.values(), key=lambda arrival: -arrival.delay)


def block_of(cell: str, hierarchy: Hierarchy) -> str:
    """Return the block that a cell belongs to; logic between registers has the name of a net beside it."""
    _, inside, path = cell.partition(f"{INSTANCE}.")
    return str(hierarchy.block(path.split("."))) if inside else _SHELL


def _endpoints(report: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for net in report["detailed_net_timings"]:
        for endpoint in net["endpoints"]:
            if endpoint["event"].startswith(_CLOCKED):
                # The shortest and the longest path.
                yield endpoint["cell"], max(endpoint["delay"])


def _segment(block: str, steps: Sequence[Mapping[str, Any]]) -> Segment:
    routing = [step for step in steps if step["type"] == "routing"]
    return Segment(
        block=block,
        place=_place(_cell(steps[-1])),
        cells=len({_cell(step) for step in steps}),
        logic=_delay(steps) - _delay(routing),
        routing=_delay(routing),
    )


def _delay(steps: Sequence[Mapping[str, Any]]) -> float:
    return sum(step["delay"] for step in steps)


def _cell(step: Mapping[str, Any]) -> str:
    """Return the cell at the end of a step, or on it."""
    return step["to"]["cell"]


def _place(cell: str) -> str:
    return _MAPPED.sub("", cell.rpartition(f"{INSTANCE}.")[2])
