"""Table of the blocks in ``hdl/crossbar``."""

from typing import Any

from hdl.config import CoreConfig, Layer
from hdl.contract import Program, array_rows
from hdl.crossbar import Accumulator, Array, Crossbar, WeightDraws, WeightSampler

from .block import Block
from .geometries import DRAWN, GROUPED, LAYERS, Geometry, When

__all__ = ["BLOCKS"]


#: Bits of codes that are ports of one module.
_CODES = 2**15


def _last_row_tile(_program: Program, layer: Layer) -> dict[str, Any]:
    return {"row_tile": layer.row_tiles - 1}


def _array(program: Program, layer: Layer, *, row_tile: int) -> Array:
    init = array_rows(program.weights[layer.index], layer, row_tile * layer.col_tiles)
    return Array(layer, row_tile, hardware=program.config.hardware, init=init)


def _is_digital(config: CoreConfig) -> bool:
    return config.macro is None


def _draws_weights(config: CoreConfig) -> bool:
    return config.layers[0].sampling is not None and _is_digital(config)


def _narrow(config: CoreConfig) -> CoreConfig:
    """Return ``config`` with arrays that are as narrow as their codes must be to be ports."""
    cols = min(config.array.cols, _CODES // config.layers[0].group_rows)
    return config.model_copy(update={"array": config.array.model_copy(update={"cols": cols})})


BLOCKS = (
    Block(
        name="crossbar",
        make=lambda program, layer: Crossbar(program.config, layer, weights=program.weights[layer.index]),
        tests=15,
        geometries=(
            *LAYERS,
            Geometry("grouped", 1),
            Geometry("ensemble", 1),
            Geometry("grouped_sets", 1, icarus=When.LONG),
            *DRAWN,
        ),
        exists=_is_digital,
        contents=True,
    ),
    Block(
        name="array",
        make=_array,
        tests=5,
        geometries=(
            *LAYERS,
            GROUPED,
            Geometry("drawn", icarus=When.LONG),
            Geometry("drawn_maps", icarus=When.LONG),
            Geometry("drawn_smallest", icarus=When.LONG),
            Geometry("grouped_draws", icarus=When.LONG),
        ),
        exists=_is_digital,
        values=_last_row_tile,
        contents=True,
    ),
    Block(
        name="accumulator",
        make=lambda program, layer: Accumulator(layer, program.config.hardware),
        tests=4,
        geometries=(*LAYERS, GROUPED),
        contents=True,
    ),
    Block(
        name="weight_sampler",
        make=lambda _program, layer, *, col_tile: WeightSampler(layer, col_tile),
        tests=2,
        geometries=DRAWN,
        exists=_draws_weights,
        size=_narrow,
        values=lambda _program, layer: {"col_tile": layer.col_tiles - 1},
    ),
    Block(
        name="weight_draws",
        make=lambda program, layer, *, row_tile: WeightDraws(program.config, layer, row_tile),
        tests=5,
        geometries=DRAWN,
        exists=_draws_weights,
        values=_last_row_tile,
    ),
)
