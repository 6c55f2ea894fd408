"""The blocks that only a core with inverted normalization has, as simulations, and what they take the place of."""

from collections.abc import Callable, Mapping

from hdl.affine_transform import AffineTransform
from hdl.config import CoreConfig, Layer
from hdl.inverted_normalization import InvertedNormalization
from hdl.mean_comparator import MeanComparator
from hdl.mean_unit import MeanUnit
from hdl.program import Program

from .case import Case

__all__ = ["AFFINE_BLOCKS", "neuron_blocks"]


def neuron_blocks(config: CoreConfig) -> set[str]:
    """Return the names of the blocks between counts and activations that a core has."""
    return set(AFFINE_BLOCKS) if config.bayes.method == "affine-dropout" else {"neuron"}


def _hidden(program: Program, layer: Layer) -> Layer:
    """Return ``layer``, or the one before the last, which has no neurons."""
    return program.config.layers[min(layer.index, len(program.neurons) - 1)]


def _affine_transform(program: Program, layer: Layer) -> Case:
    layer = _hidden(program, layer)
    return Case(
        block="affine_transform",
        component=AffineTransform(program.config, layer, contents=program.neurons[layer.index]),
        tests=14,
        config=program.config,
        program=program,
        values={"layer": layer.index},
    )


def _mean_unit(program: Program, layer: Layer) -> Case:
    layer = _hidden(program, layer)
    component = MeanUnit(program.config, layer)
    values = {"layer": layer.index}
    return Case(block="mean_unit", component=component, tests=10, config=program.config, values=values)


def _mean_comparator(program: Program, layer: Layer) -> Case:
    layer = _hidden(program, layer)
    component = MeanComparator(program.config, layer)
    values = {"layer": layer.index}
    return Case(block="mean_comparator", component=component, tests=10, config=program.config, values=values)


def _inverted_normalization(program: Program, layer: Layer) -> Case:
    layer = _hidden(program, layer)
    return Case(
        block="inverted_normalization",
        component=InvertedNormalization(program.config, layer, contents=program.neurons[layer.index]),
        tests=14,
        config=program.config,
        program=program,
        values={"layer": layer.index},
    )


#: As :data:`cocotb_tests.blocks.BLOCKS`.
AFFINE_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "affine_transform": _affine_transform,
    "mean_unit": _mean_unit,
    "mean_comparator": _mean_comparator,
    "inverted_normalization": _inverted_normalization,
}
