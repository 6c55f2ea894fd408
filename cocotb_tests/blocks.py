"""Every block that has a testbench, as a simulation of it in a given geometry."""

from collections.abc import Callable, Mapping

from amaranth import unsigned

from hdl.accumulator import Accumulator
from hdl.array import Array
from hdl.config import Layer
from hdl.contents import array_rows
from hdl.control import Control
from hdl.core import Core
from hdl.crossbar import Crossbar
from hdl.lfsr import Lfsr
from hdl.neuron import Neuron
from hdl.popcount import Popcount
from hdl.program import Program
from hdl.row_store import RowStore
from hdl.tee import Tee

from .case import Case

__all__ = ["BLOCKS"]


def _popcount(_program: Program, layer: Layer) -> Case:
    words, lanes = layer.rows_per_read, layer.cols
    return Case(
        block="popcount",
        component=Popcount(words, lanes),
        tests=2,
        values={"words": words, "lanes": lanes},
    )


def _row_store(program: Program, layer: Layer) -> Case:
    groups, lines, cols = layer.array_groups, layer.rows_per_read, layer.cols
    init = array_rows(program.weights[layer.index], layer, 0)
    return Case(
        block="row_store",
        component=RowStore(groups, lines, cols, init=init),
        tests=4,
        values={"groups": groups, "lines": lines, "cols": cols, "init": init},
    )


def _array(program: Program, layer: Layer) -> Case:
    row_tile = layer.row_tiles - 1
    init = array_rows(program.weights[layer.index], layer, row_tile * layer.col_tiles)
    return Case(
        block="array",
        component=Array(layer, row_tile, init=init),
        tests=5,
        config=program.config,
        program=program,
        values={"layer": layer.index, "row_tile": row_tile},
    )


def _accumulator(program: Program, layer: Layer) -> Case:
    return Case(
        block="accumulator",
        component=Accumulator(layer),
        tests=4,
        config=program.config,
        program=program,
        values={"layer": layer.index},
    )


def _lfsr(program: Program, _layer: Layer) -> Case:
    return Case(block="lfsr", component=Lfsr(program.config.random), tests=5, config=program.config)


def _tee(program: Program, _layer: Layer) -> Case:
    width = program.config.logits.width
    return Case(block="tee", component=Tee(unsigned(width)), tests=28, values={"width": width})


def _crossbar(program: Program, layer: Layer) -> Case:
    return Case(
        block="crossbar",
        component=Crossbar(program.config, layer, weights=program.weights[layer.index]),
        tests=15,
        config=program.config,
        program=program,
        values={"layer": layer.index},
    )


def _neuron(program: Program, layer: Layer) -> Case:
    # The last layer has none: those of the layer before it.
    index = min(layer.index, len(program.thresholds) - 1)
    thresholds, flips = program.thresholds[index], program.flips[index]
    return Case(
        block="neuron",
        component=Neuron(program.config, program.config.layers[index], thresholds=thresholds, flips=flips),
        tests=14,
        config=program.config,
        program=program,
        values={"layer": index},
    )


def _control(program: Program, _layer: Layer) -> Case:
    config = program.config
    return Case(block="control", component=Control(config, program), tests=7, config=config, program=program)


def _core(program: Program, _layer: Layer) -> Case:
    return Case(
        block="core",
        top=program.config.name,
        component=Core(program.config, program),
        tests=15,
        config=program.config,
        program=program,
    )


#: How to make the case of each block, for a Program and, where the block belongs to one, a layer. The longest is the
#: first, so that others run beside it.
BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "core": _core,
    "popcount": _popcount,
    "row_store": _row_store,
    "array": _array,
    "accumulator": _accumulator,
    "crossbar": _crossbar,
    "neuron": _neuron,
    "lfsr": _lfsr,
    "tee": _tee,
    "control": _control,
}
