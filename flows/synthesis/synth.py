"""Step from Verilog to cells."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.table import Table

from hdl.axi import AxiCore
from hdl.config import InputError
from hdl.verilog import ColumnCells, Hierarchy, to_verilog

from ..base.bounds import check_choices
from ..base.console import OnProgress, table
from ..base.files import read
from ..base.products import Products
from ..base.provenance import Input, input_of, provenance
from ..base.record import MADE_ANEW
from ..base.yosys import Yosys
from ..road.generate import generate, generated_with_program, is_generated
from .area import area_rows
from .synthesis import synthesize
from .synthesis_record import SynthesisRecord
from .targets import TARGETS, liberty_target
from .verilog_modules import check_modules

__all__ = ["synth", "synth_empty", "synth_missing", "synthesis_tables"]


def synth(
    products: Products,
    *,
    verilog: Path | None = None,
    targets: Sequence[str] = (),
    liberty: Path | None = None,
    yosys: str | None = None,
    on_progress: OnProgress,
) -> SynthesisRecord:
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
    result.write(products.synthesis)
    return result


def synth_missing(
    products: Products, targets: Sequence[str], *, on_target: Callable[[str], None] = lambda _: None
) -> SynthesisRecord:
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
    result = None
    if products.synthesis.exists():
        found = SynthesisRecord.read(products.synthesis, products.made_by("synth"), MADE_ANEW)
        if found.provenance == provenance(products.config, _inputs(products, products.verilog)):
            result = found
    for target in targets:
        if result is not None and target in result.targets:
            continue
        on_target(target)
        new = _synthesize(products, targets=(target,))
        known = {} if result is None else result.targets
        result = new.model_copy(update={"targets": {**known, **new.targets}})
        result.write(products.synthesis, resumes=True)
    if result is None:
        raise InputError("targets must be at least one, not none")
    return result


def synth_empty(
    products: Products, targets: Sequence[str], *, on_target: Callable[[str], None] = lambda _: None
) -> SynthesisRecord:
    """Generate the core with empty memories where it was not, and return what :func:`synth_missing` does of it.

    Contents change no count.

    Raises
    ------
    InputError
        As in :func:`synth`.
    """
    if not is_generated(products, {}):
        generate(products, empty=True)
    return synth_missing(products, targets, on_target=on_target)


def synthesis_tables(result: SynthesisRecord) -> list[Table]:
    """Return one table per target: its kinds of cells by room and block, and in all."""
    tables = []
    for each in result.targets.values():
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
) -> SynthesisRecord:
    """Return the contents that :func:`synth` writes."""
    check_choices("target", targets, TARGETS)
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
    content = read(source, products.made_by("generate"))
    if verilog is None and products.metadata.exists():
        # Refused where it is of other hardware than the configuration, whose columns are counted.
        generated_with_program(products, content)
    text = content.decode(errors="replace")
    check_modules(text, name, str(source))
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
    return SynthesisRecord.of(
        {
            "provenance": provenance(products.config, _inputs(products, source, liberty)),
            "estimate": "cells after synthesis, without placement; no initial contents",
            "targets": {each.target: each for each in found},
        }
    )


def _inputs(products: Products, verilog: Path, liberty: Path | None = None) -> dict[str, Input]:
    """Return the records of the files that cells are counted in."""
    made_by, files = products.made_by("generate"), {"verilog": verilog, "liberty": liberty}
    return {
        role: input_of(products.directory, file, read(file, made_by))
        for role, file in files.items()
        if file is not None
    }
