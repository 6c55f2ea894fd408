"""Table of the blocks in ``hdl/crossbar/macro``."""

from typing import Any

from hdl.config import CoreConfig, Layer
from hdl.contract import Program
from hdl.crossbar.macro import ProgramVerify, ReferenceSearch

from .block import Block
from .geometries import Geometry, When

__all__ = ["BLOCKS"]


def _has_macros(config: CoreConfig) -> bool:
    return config.macro is not None


def _delay(program: Program, _layer: Layer) -> dict[str, Any]:
    return {"delay": int(program.config.hardware.reads_registered)}


def _latency(program: Program, _layer: Layer) -> dict[str, Any]:
    return {"latency": 1 + program.config.hardware.array_stages + program.config.sensing.stages}


BLOCKS = (
    Block(
        name="program_verify",
        make=lambda program, _layer, *, delay: ProgramVerify(program.config, delay=delay),
        tests=2,
        geometries=(Geometry("macro"),),
        exists=_has_macros,
        values=_delay,
    ),
    Block(
        name="reference_search",
        make=lambda program, layer, *, latency: ReferenceSearch(program.config, layer, latency=latency),
        tests=1,
        geometries=(Geometry("macro"), Geometry("macro_column", icarus=When.LONG)),
        # Its testbench has comparators; within a core converters are there too.
        exists=lambda config: _has_macros(config) and not config.sensing.converts,
        layer=lambda config, _layer: config.layers[0],
        values=_latency,
    ),
)
