"""Cells by block of the design."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from .targets import Target
from .verilog_modules import Design

__all__ = ["BLOCKS", "area_by_block"]

#: Blocks, and the instances that belong to each. The first match of an instance's path wins.
BLOCKS: Mapping[str, str] = {
    "crossbar cells": r"core\.crossbar_\d+\.array_\w+\.store\b.*",
    "columns": r"core\.crossbar_\d+\.array_.*",
    "accumulators": r"core\.crossbar_\d+\.accumulator\b.*",
    "crossbar controllers": r"core\.crossbar_.*",
    "threshold stores": r"core\.neuron_\d+\.((transform|neuron)\.)?store.*",
    "local units": r"core\.neuron_\d+\.(dropout|units|popcount)\b.*",
    "neurons": r"core\.neuron_.*",
    "line drivers": r"core\.line_driver_.*",
    "pixel buffer": r"core\.pixel_buffer\b.*",
    "stochastic unit": r"core\.stochastic_unit\b.*",
    "mask sequencer": r"core\.(sequencer|weights)\b.*",
    "repeater": r"core\.repeater(_\d+)?\b.*",
    "logits": r"core\.(logits|preactivations|tee)\b.*",
    "logit correction": r"core\.correction\b.*",
    "statistics": r"core\.statistics\b.*",
    "predictive probabilities": r"core\.(predictive|predictive_tee|summaries|join)\b.*",
    "control": r"core(\.(control|router)\b.*)?",
    "AXI ports": r"((bridge|input|results|logits)\b.*)?",
}

_OTHER = "other"
_MEMORY_BITS = "memory bits"


def area_by_block(design: Design, stat: Mapping[str, Any], target: Target) -> dict[str, dict[str, int]]:
    """Return the number of cells of each kind in each block.

    Parameters
    ----------
    design
        Hierarchy of the synthesized design.
    stat
        Output of Yosys' ``stat -json``.
    target
        Target, which defines the kind of a cell.

    Returns
    -------
    Blocks in the order of :data:`BLOCKS`, those without cells omitted. They add up to the total of Yosys;
    cells without a block are in ``other``.
    """
    modules = {name.removeprefix("\\"): counts for name, counts in stat["modules"].items()}
    blocks: dict[str, Counter[str]] = {block: Counter() for block in (*BLOCKS, _OTHER)}
    for instance in design.instances():
        blocks[_block(".".join(instance.path))] += _kinds(modules.get(instance.module, {}), modules, target)
    # Edited Verilog may hide instances from the parser of modules, but not from Yosys.
    missing = _kinds(stat["design"], modules, target)
    for counted in blocks.values():
        missing.subtract(counted)
    blocks[_OTHER] += missing
    return {block: dict(counted) for block, counted in blocks.items() if counted}


def _block(path: str) -> str:
    return next((block for block, pattern in BLOCKS.items() if re.fullmatch(pattern, path)), _OTHER)


def _kinds(counts: Mapping[str, Any], modules: Mapping[str, Any], target: Target) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for cell, number in counts.get("num_cells_by_type", {}).items():
        kind = None if cell.removeprefix("\\") in modules else target.kind(cell)
        if kind is not None:
            kinds[kind] += number
    if counts.get("num_memory_bits"):
        kinds[_MEMORY_BITS] += counts["num_memory_bits"]
    return kinds
