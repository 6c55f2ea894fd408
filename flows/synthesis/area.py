"""Cells by room and block, in the design's own terms."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from hdl.verilog import Block, Hierarchy

from .targets import Target
from .verilog_modules import Design

__all__ = ["Area", "area_by_block", "area_rows", "rooms_of"]

#: Number of cells of each kind in each block of each room.
Area = dict[str, dict[str, dict[str, int]]]

#: Where cells are that no instance is known for.
_OTHER = Block(room="other", name="other")

_MEMORY_BITS = "memory bits"


def area_by_block(design: Design, stat: Mapping[str, Any], target: Target, hierarchy: Hierarchy | None) -> Area:
    """Return the number of cells of each kind in each block.

    Parameters
    ----------
    design
        Hierarchy of the synthesized design.
    stat
        Output of Yosys' ``stat -json``.
    target
        Tells the kind of a cell.
    hierarchy
        Blocks of the component that the Verilog is of; None where it is of no component.

    Returns
    -------
    Rooms and their blocks in the order of the design, those without cells omitted. They add up to what Yosys counted
    in all; cells in no block are in ``other``.
    """
    modules = {name.removeprefix("\\"): counts for name, counts in stat["modules"].items()}
    blocks = dict.fromkeys(hierarchy.blocks.values()) if hierarchy is not None else {}
    counted: dict[Block, Counter[str]] = {block: Counter() for block in (*blocks, _OTHER)}
    for instance in design.instances():
        block = _OTHER if hierarchy is None else hierarchy.block(instance.path)
        counted[block] += _kinds(modules.get(instance.module, {}), modules, target)
    # Verilog that somebody edited may hide instances from us, but not from Yosys.
    missing = _kinds(stat["design"], modules, target)
    for kinds in counted.values():
        missing.subtract(kinds)
    counted[_OTHER] += missing
    area: Area = {}
    for block, kinds in counted.items():
        if kinds:
            area.setdefault(block.room, {})[block.name] = dict(kinds)
    return area


def area_rows(area: Mapping[str, Mapping[str, Mapping[str, int]]]) -> Iterator[tuple[str, str, Mapping[str, int]]]:
    """Yield room, block and number of cells of each kind."""
    for room, blocks in area.items():
        for block, kinds in blocks.items():
            yield room, block, kinds


def rooms_of(area: Mapping[str, Mapping[str, Mapping[str, int]]]) -> dict[str, Counter[str]]:
    """Return the number of cells of each kind in each room."""
    rooms: dict[str, Counter[str]] = {}
    for room, _, kinds in area_rows(area):
        rooms.setdefault(room, Counter()).update(kinds)
    return rooms


def _kinds(counts: Mapping[str, Any], modules: Mapping[str, Any], target: Target) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for cell, number in counts.get("num_cells_by_type", {}).items():
        kind = None if cell.removeprefix("\\") in modules else target.kind(cell)
        if kind is not None:
            kinds[kind] += number
    if counts.get("num_memory_bits"):
        kinds[_MEMORY_BITS] += counts["num_memory_bits"]
    return kinds
