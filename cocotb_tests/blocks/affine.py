"""The blocks that only a core with inverted normalization has, as simulations."""

from collections.abc import Callable, Mapping

from hdl.config import Layer
from hdl.contract.program import Program
from hdl.neurons.affine_transform import AffineTransform
from hdl.neurons.inverted_normalization import InvertedNormalization
from hdl.neurons.mean_comparator import MeanComparator
from hdl.neurons.mean_unit import MeanUnit

from .case import Case

__all__ = ["AFFINE_BLOCKS"]


def _affine_transform(program: Program, layer: Layer) -> Case:
    return Case.of_neurons("affine_transform", AffineTransform, 14, program, layer, contents=True)


def _mean_unit(program: Program, layer: Layer) -> Case:
    return Case.of_neurons("mean_unit", MeanUnit, 10, program, layer)


def _mean_comparator(program: Program, layer: Layer) -> Case:
    return Case.of_neurons("mean_comparator", MeanComparator, 10, program, layer)


def _inverted_normalization(program: Program, layer: Layer) -> Case:
    return Case.of_neurons("inverted_normalization", InvertedNormalization, 14, program, layer, contents=True)


#: As :data:`cocotb_tests.blocks.blocks.BLOCKS`.
AFFINE_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "affine_transform": _affine_transform,
    "mean_unit": _mean_unit,
    "mean_comparator": _mean_comparator,
    "inverted_normalization": _inverted_normalization,
}
