"""Table of the blocks in ``hdl/control``."""

from hdl.control import Control

from .block import Block
from .geometries import CORES, Geometry, When

__all__ = ["BLOCKS"]

BLOCKS = (
    Block(
        name="control",
        make=lambda program, _layer: Control(program.config, program),
        tests=10,
        geometries=(
            *CORES,
            Geometry("wide", icarus=When.LONG),
            Geometry("predictive"),
            Geometry("macro", icarus=When.LONG),
            Geometry("monitored", verilator=When.NEVER),
            Geometry("watched", icarus=When.LONG, verilator=When.NEVER),
            Geometry("watched_channels", icarus=When.LONG, verilator=When.NEVER),
        ),
        contents=True,
    ),
)
