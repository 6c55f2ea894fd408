"""Table of the blocks in ``hdl/rows``."""

from typing import Any

from hdl.config import CoreConfig, Layer
from hdl.contract import Program, array_rows
from hdl.rows import RowAccess, RowBuffer, RowRouter, RowStore

from .block import Block, of_config
from .geometries import CORES, GROUPED, LAYERS, Geometry, When

__all__ = ["BLOCKS"]


def _is_digital(config: CoreConfig) -> bool:
    return config.macro is None


def _sizes(program: Program, layer: Layer) -> dict[str, Any]:
    init = array_rows(program.weights[layer.index], layer, 0)
    return {"groups": layer.array_groups, "lines": layer.group_rows, "cols": layer.cols, "init": init}


def _row_store(
    _program: Program, _layer: Layer, *, groups: int, lines: int, cols: int, init: list[list[int]]
) -> RowStore:
    return RowStore(groups, lines, cols, init=init)


def _row_access(program: Program, layer: Layer) -> RowAccess:
    return RowAccess(
        program.config,
        tiles=layer.arrays,
        groups=layer.array_groups,
        lines=layer.rows_per_read,
        folds=layer.column_folds,
    )


BLOCKS = (
    Block(
        name="row_store",
        make=_row_store,
        tests=4,
        geometries=LAYERS,
        exists=_is_digital,
        values=_sizes,
    ),
    Block(
        name="row_access",
        make=_row_access,
        tests=12,
        geometries=(*LAYERS, GROUPED),
        exists=_is_digital,
    ),
    Block(
        name="row_buffer",
        make=of_config(RowBuffer),
        tests=1,
        geometries=(*CORES[:2], Geometry("wide", icarus=When.LONG)),
    ),
    Block(
        name="row_router",
        make=of_config(RowRouter),
        tests=1,
        geometries=CORES[:3],
    ),
)
