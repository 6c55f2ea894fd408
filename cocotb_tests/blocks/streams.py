"""Table of the blocks in ``hdl/streams``."""

from amaranth import unsigned

from hdl.streams import Tee

from .block import Block
from .geometries import CORES

__all__ = ["BLOCKS"]

BLOCKS = (
    Block(
        name="tee",
        make=lambda _program, _layer, *, width: Tee(unsigned(width)),
        tests=37,
        geometries=CORES[:2],
        values=lambda program, _layer: {"width": program.config.logits.width},
    ),
)
