"""Cells and cycles of a core whose columns are sensed in groups."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hdl.config import CoreConfig

from ...base.bounds import check_choices
from ...base.products import Products
from ...base.provenance import provenance
from ...mapping.timing_model import cycles_of_further_input
from ...synthesis.synth import synth_empty
from ...synthesis.targets import TARGETS
from ..result_kind import ResultKind
from ..study import Study
from . import show
from .options import FitsOptions
from .record import FitsRecord

__all__ = ["STUDY", "grouped", "run"]


def grouped(base: CoreConfig, columns: int) -> CoreConfig:
    """Return ``base`` with ``columns`` sensed at a time in all layers.

    Raises
    ------
    InputError
        They do not divide the columns of an array, or there is no hardware for it.
    """
    content = base.model_dump(mode="json")
    content["array"] = {**content["array"], "cols_per_read": columns, "column_folding": []}
    return CoreConfig.from_document(content, base.name)


def run(
    base: CoreConfig,
    directory: Path,
    options: FitsOptions,
    *,
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Synthesize ``base`` with several numbers of columns sensed at a time.

    What was synthesized before is not synthesized again. Cores have empty memories: contents change no count.

    Parameters
    ----------
    base
        The core.
    directory
        Where the cores go, a directory for each number of columns.
    options
        Columns and targets.
    on_step
        Called with the name of each step.

    Raises
    ------
    InputError
        An argument is out of range, or Yosys cannot be used.
    """
    check_choices("target", options.targets, TARGETS)
    cols = base.array.cols
    numbers = sorted(set(options.columns)) or [each for each in range(2, cols + 1) if cols % each == 0]
    passes = base.bayes.passes
    groupings = []
    for columns, config in [(columns, grouped(base, columns)) for columns in numbers]:
        products = Products.at(config, directory / f"columns_{columns}")

        def tell(target: str, columns: int = columns) -> None:
            on_step(f"{columns} columns at a time: synthesize for {target}")

        found = synth_empty(products, options.targets, on_target=tell)
        groupings.append(
            {
                "columns": columns,
                "cycles_per_input": cycles_of_further_input(config, passes=passes),
                "cells": {target: dict(found.targets[target].kinds) for target in options.targets},
            }
        )
    return {
        "provenance": provenance(base),
        "name": base.name,
        "cols": cols,
        "passes": passes,
        "groupings": groupings,
    }


STUDY = Study(
    name="fits",
    record=FitsRecord,
    run=run,
    title=lambda result: f"Columns of {result['name']} in groups",
    markdown=show.to_markdown,
    tables=show.tables,
    sentences=lambda result: [show.fits_sentence(result)],
    sections=show.sections,
    document=Path("docs/fits.md"),
    kind=ResultKind(
        command="fits",
        record=FitsRecord,
        member="groupings",
        directory="fits",
        stem=lambda result: result["name"],
    ),
)
