"""Mapping as tables."""

from rich.table import Table

from ..base import markdown
from ..base.console import table
from .mapping import Mapping

__all__ = ["mapping_tables", "to_markdown"]

#: Abbreviations for table columns.
_KINDS = {"convolution": "conv", "dense": "dense"}

_ARRAYS = ("layer", "fan-in", "outputs", "weights", "arrays", "cells used")
_GROUPINGS = ("cols_per_read", "cells at a time", "cycles per input")
_TIMES = ("layer", "lines per read", "per vector", "vectors", "per pass", "busy")


def mapping_tables(mapping: Mapping) -> list[Table]:
    """Return layers, clock cycles, foldings and storage as tables."""
    return [
        table(
            f"{mapping.name}: {mapping.arrays:,} arrays of {mapping.rows} × {mapping.cols}",
            list(_ARRAYS),
            _array_rows(mapping),
        ),
        table("Clock cycles of the arrays (* once per input)", list(_TIMES), _time_rows(mapping)),
        table(
            f"{mapping.passes} passes of {mapping.macs:,} MACs",
            ["clock cycles", "per input"],
            [
                ["one input alone", f"{mapping.latency:,}"],
                ["each further input", f"{mapping.cycles_per_input:,.1f}"],
                *([f"{name} at least{_mark(mapping, name)}", f"{least:,}"] for name, least in mapping.stages.items()),
            ],
        ),
        table(
            f"Word lines driven at a time in layer {mapping.slowest_layer}",
            ["rows_per_read", "driven in all", "cycles per input"],
            _alternative_rows(mapping),
        ),
        table("Balanced", ["array.folding", "driven in all", "cycles per input"], _balanced_rows(mapping)),
        table("Columns sensed at a time", list(_GROUPINGS), _grouping_rows(mapping)),
        table("Storage", ["kind", "bits"], _storage_rows(mapping)),
    ]


def to_markdown(mapping: Mapping, picture: str) -> str:
    """Return the tables as a section of a document, with the picture of that name."""
    rows = zip(_array_rows(mapping), _time_rows(mapping), strict=True)
    layers = markdown.table([*_ARRAYS, *_TIMES[1:]], [[*arrays, *times[1:]] for arrays, times in rows], padded=True)
    foldings = markdown.table(
        ["word lines", "driven in all arrays", "cycles per input"],
        [*_alternative_rows(mapping), *_balanced_rows(mapping)],
        padded=True,
    )
    stored = "; ".join(f"{kind} {bits}" for kind, bits in _storage_rows(mapping))
    return (
        f"![Layers of {mapping.name} on arrays]({picture})\n\n"
        f"{mapping.weights:,} weights on {mapping.arrays:,} arrays of {mapping.rows} × {mapping.cols}, "
        f"{mapping.utilisation:.1%} of the cells used;\n{mapping.macs:,} MACs a pass. One input of {mapping.passes} "
        f"passes takes {mapping.latency:,} clock cycles from its first\nbeat to its last result, and each further one "
        f"{mapping.cycles_per_input:,.1f}. The block that needs most is `{mapping.bottleneck}`, "
        f"{mapping.stages[mapping.bottleneck]:,} cycles per input at least.\n\n"
        f"{layers}\n"
        f"Word lines driven at a time in layer {mapping.slowest_layer}, the others as they are; and, last, the fewest "
        f"with which no layer is slower than that one:\n\n"
        f"{foldings}\n"
        f"Columns sensed at a time in all layers, and the cells that are compared and counted at a time:\n\n"
        f"{markdown.table(_GROUPINGS, _grouping_rows(mapping), padded=True)}\n"
        f"Bits of storage: {stored}.\n"
    )


def _array_rows(mapping: Mapping) -> list[list[str]]:
    return [
        [
            f"{each.index} {_KINDS[each.kind]}",
            f"{each.inputs:,}",
            f"{each.outputs:,}",
            f"{each.weights:,}",
            f"{each.row_tiles} × {each.col_tiles}",
            f"{each.utilisation:.0%}",
        ]
        for each in mapping.layers
    ]


def _time_rows(mapping: Mapping) -> list[list[str]]:
    return [
        [
            f"{each.index} {_KINDS[each.kind]}",
            str(each.rows_per_read),
            f"{each.reads} + {each.waits:g}" if each.waits else str(each.reads),
            f"{each.vectors:,}",
            f"{each.cycles:,}" + ("*" if each.once else ""),
            f"{each.busy:.0%}",
        ]
        for each in mapping.layers
    ]


def _alternative_rows(mapping: Mapping) -> list[list[str]]:
    own = mapping.layers[mapping.slowest_layer].rows_per_read
    rows = []
    for each in mapping.alternatives:
        lines = each.rows_per_read[mapping.slowest_layer]
        chosen = f"{lines}{' (as it is)' if lines == own else ''}"
        rows.append([chosen, f"{each.word_lines:,}", f"{each.cycles_per_input:,.1f}"])
    return rows


def _grouping_rows(mapping: Mapping) -> list[list[str]]:
    own = tuple(each.cols_per_read for each in mapping.layers)
    rows = []
    for each in mapping.groupings:
        first, *others = each.cols_per_read
        columns = f"{first}" if set(others) <= {first} else str(list(each.cols_per_read))
        as_it_is = " (as it is)" if each.cols_per_read == own else ""
        rows.append([f"{columns}{as_it_is}", f"{each.cells:,}", f"{each.cycles_per_input:,.1f}"])
    return rows


def _balanced_rows(mapping: Mapping) -> list[list[str]]:
    each = mapping.balanced
    return [[str(list(each.rows_per_read)), f"{each.word_lines:,}", f"{each.cycles_per_input:,.1f}"]]


def _storage_rows(mapping: Mapping) -> list[list[str]]:
    bits = {**mapping.memory_bits, **{f"{name} (registers)": count for name, count in mapping.register_bits.items()}}
    rows = [[kind, f"{count:,}"] for kind, count in bits.items() if count]
    return [*rows, ["in all", f"{sum(bits.values()):,}"]]


def _mark(mapping: Mapping, stage: str) -> str:
    return " (most)" if mapping.stages[stage] == mapping.stages[mapping.bottleneck] else ""
