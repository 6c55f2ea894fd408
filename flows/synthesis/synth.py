"""Step from Verilog to cells."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic_core import from_json
from rich.table import Table

from hdl.axi import AxiCore
from hdl.config import InputError
from hdl.verilog import ColumnCells, Hierarchy, to_verilog

from ..base.console import OnProgress, table
from ..base.files import read, read_json, to_json, write_atomically
from ..base.products import Products
from ..base.provenance import provenance
from ..base.yosys import Yosys
from .area import area_rows
from .synthesis import synthesize
from .targets import TARGETS, liberty_target

__all__ = ["synth", "synth_missing", "synthesis_tables"]


def synth(
    products: Products,
    *,
    verilog: Path | None = None,
    targets: Sequence[str] = (),
    liberty: Path | None = None,
    yosys: str | None = None,
    on_progress: OnProgress,
) -> dict[str, Any]:
    """Synthesize the generated core, write ``synth.json`` and return its contents.

    Parameters
    ----------
    products
        Source of the Verilog, and directory of the result.
    verilog
        A file to synthesize instead of the generated one; its top has the configuration's name.
    targets
        Names of targets; all of them when there are none and no Liberty file.
    liberty
        Additional cell library to map to.
    yosys
        A program to use instead of the one in the Python package.
    on_progress
        Called with the number of finished targets.

    Raises
    ------
    InputError
        A name or a file cannot be used, or Yosys is missing or too old.
    """
    result = _synthesize(
        products, verilog=verilog, targets=targets, liberty=liberty, yosys=yosys, on_progress=on_progress
    )
    write_atomically(products.synthesis, to_json(result).encode())
    return result


def synth_missing(
    products: Products, targets: Sequence[str], *, on_target: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Synthesize for those of ``targets`` that ``synth.json`` lacks, one after the other; return its contents.

    An interrupted run continues with its current target. A result of another configuration or of other versions is
    replaced.

    Parameters
    ----------
    products
        As in :func:`synth`.
    targets
        Names of targets.
    on_target
        Called with the name of each target before it starts.

    Raises
    ------
    InputError
        As in :func:`synth`.
    """
    result: dict[str, Any] = {"targets": {}}
    if products.synthesis.exists():
        found = read_json(products.synthesis, f"bayescim synth {products.config.name}")
        if found["provenance"] == provenance(products.config):
            result = found
    for target in targets:
        if target in result["targets"]:
            continue
        on_target(target)
        new = from_json(to_json(_synthesize(products, targets=(target,))))
        result = {**new, "targets": {**result["targets"], **new["targets"]}}
        write_atomically(products.synthesis, to_json(result).encode())
    return result


def synthesis_tables(result: dict[str, Any]) -> list[Table]:
    """Return one table per target: its kinds of cells by room and block, and in all."""
    tables = []
    for each in result["targets"].values():
        rows = [
            [room, block, *(f"{counted.get(kind, 0):,}" for kind in each.kinds)]
            for room, block, counted in area_rows(each.blocks)
        ]
        rows.append(["in all", "", *(f"{count:,}" for count in each.kinds.values())])
        extra = f", about {each.transistors:,} transistors in logic" if each.transistors is not None else ""
        extra += f", area {each.area:,.0f}" if each.area is not None else ""
        tables.append(table(f"{each.target}: {each.title}{extra} ({each.yosys})", ["room", "block", *each.kinds], rows))
    return tables


def _synthesize(
    products: Products,
    *,
    verilog: Path | None = None,
    targets: Sequence[str] = (),
    liberty: Path | None = None,
    yosys: str | None = None,
    on_progress: OnProgress = lambda *_: None,
) -> dict[str, Any]:
    """Return the contents that :func:`synth` writes."""
    for name in targets:
        if name not in TARGETS:
            raise InputError(f"target must be one of {', '.join(TARGETS)}, not {name!r}")
    chosen = [TARGETS[name] for name in (targets or (() if liberty else TARGETS))]
    files = {}
    if liberty is not None:
        if not liberty.is_file():
            raise InputError(f"liberty must be a Liberty file, not {str(liberty)!r}")
        files["cells.lib"] = liberty
        chosen.append(liberty_target("cells.lib"))
    name = products.config.name
    source = verilog if verilog is not None else products.verilog
    # Verilog from elsewhere is taken as it is; ours is elaborated once more for the targets that count with own cells.
    core = AxiCore(products.config)
    for_cells = to_verilog(core, name, ColumnCells()) if verilog is None else None
    text = read(source, products.made_by("generate")).decode(errors="replace")
    found = synthesize(
        text,
        name,
        chosen,
        yosys=Yosys.find(yosys),
        files=files,
        for_cells=for_cells,
        hierarchy=Hierarchy(core),
        on_progress=on_progress,
    )
    return {
        "provenance": provenance(products.config),
        "estimate": "cells after synthesis, without placement; no initial contents",
        "targets": {each.target: each for each in found},
    }
