"""The blocks that only a core with sampled weights has, as simulations."""

from collections.abc import Callable, Mapping

from hdl.config import CoreConfig, Layer
from hdl.contract.program import Program
from hdl.crossbar.weight_draws import WeightDraws
from hdl.crossbar.weight_sampler import WeightSampler
from hdl.passes.vector_repeater import VectorRepeater

from .case import Case

__all__ = ["SAMPLED_BLOCKS", "sampled_blocks"]


def sampled_blocks(config: CoreConfig) -> set[str]:
    """Return the names of those blocks that a core has."""
    first = config.layers[0]
    if first.sampling is None:
        return set()
    return {"weight_sampler", "weight_draws"} | ({"vector_repeater"} if first.window is None else set())


def _weight_sampler(program: Program, layer: Layer) -> Case:
    col_tile = layer.col_tiles - 1
    return Case(
        block="weight_sampler",
        component=WeightSampler(layer, col_tile),
        tests=2,
        config=program.config,
        values={"layer": layer.index, "col_tile": col_tile},
    )


def _weight_draws(program: Program, layer: Layer) -> Case:
    row_tile = layer.row_tiles - 1
    return Case(
        block="weight_draws",
        component=WeightDraws(program.config, layer, row_tile),
        tests=5,
        config=program.config,
        values={"layer": layer.index, "row_tile": row_tile},
    )


def _vector_repeater(program: Program, _layer: Layer) -> Case:
    return Case(block="vector_repeater", component=VectorRepeater(program.config), tests=4, config=program.config)


#: As :data:`cocotb_tests.blocks.blocks.BLOCKS`.
SAMPLED_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "weight_sampler": _weight_sampler,
    "weight_draws": _weight_draws,
    "vector_repeater": _vector_repeater,
}
