"""Table of the blocks in ``hdl/lanes``."""

from typing import Any

from hdl.config import Layer
from hdl.contract import Program
from hdl.lanes import Columns, Popcount

from .block import Block
from .geometries import GROUPED, LAYERS

__all__ = ["BLOCKS"]


#: Words of which a popcount has all its parts, several adders among them, and lanes enough to be told apart. A module
#: has fewer ports than the words of a whole array.
_WORDS = 130
_LANES = 64


def _words_and_lanes(_program: Program, layer: Layer) -> dict[str, Any]:
    # More words than an array reads at a time, so that there are adders.
    return {"words": min(layer.rows * layer.cols, _WORDS), "lanes": min(layer.cols, _LANES)}


BLOCKS = (
    Block(
        name="popcount",
        make=lambda _program, _layer, *, words, lanes: Popcount(words, lanes),
        tests=2,
        geometries=LAYERS,
        values=_words_and_lanes,
    ),
    Block(
        name="columns",
        make=lambda _program, layer, *, row_tile: Columns(layer, row_tile),
        tests=2,
        geometries=(*LAYERS, GROUPED),
        values=lambda _program, layer: {"row_tile": layer.row_tiles - 1},
    ),
)
