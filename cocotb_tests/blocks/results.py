"""Table of the blocks in ``hdl/results``."""

from hdl.config import Layer
from hdl.contract import Program
from hdl.results import LogitCorrection, Logits, Statistics
from hdl.results.predictive import Predictive
from hdl.streams import Logit

from .block import Block, of_config
from .geometries import CORES, Geometry, When

__all__ = ["BLOCKS"]


def _predictive(program: Program, _layer: Layer) -> Predictive:
    config = program.config
    if config.measures is None:
        raise ValueError(f"configuration must have predictive probabilities, not {config.name!r}")
    return Predictive(config.measures, Logit(config), total_width=config.passes_width)


BLOCKS = (
    Block(
        name="logits",
        make=of_config(Logits),
        tests=10,
        geometries=(*CORES, Geometry("grouped", icarus=When.LONG)),
    ),
    Block(
        name="logit_correction",
        make=lambda program, _layer: LogitCorrection(program.config, program),
        tests=12,
        geometries=CORES[:3],
        contents=True,
    ),
    Block(
        name="statistics",
        make=of_config(Statistics),
        tests=11,
        geometries=(*CORES[:3], Geometry("smallest_prefix", icarus=When.LONG), Geometry("prefix")),
    ),
    Block(
        name="predictive",
        make=_predictive,
        tests=11,
        geometries=(Geometry("predictive"), Geometry("predictive_smallest")),
        exists=lambda config: config.measures is not None,
    ),
)
