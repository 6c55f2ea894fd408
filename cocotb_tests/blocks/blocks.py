"""Every block that has a testbench, as a simulation of it in a given geometry."""

from collections.abc import Callable, Mapping

from amaranth import unsigned

from hdl.axi.axi_core import AxiCore
from hdl.config import CoreConfig, Layer
from hdl.contract.program import Program
from hdl.contract.rows import array_rows
from hdl.control.control import Control
from hdl.crossbar.accumulator import Accumulator
from hdl.crossbar.array import Array
from hdl.crossbar.crossbar import Crossbar
from hdl.inputs.line_driver import LineDriver
from hdl.inputs.pixel_buffer import PixelBuffer
from hdl.lanes.columns import Columns
from hdl.lanes.popcount import Popcount
from hdl.neurons.neuron import Neuron
from hdl.passes.repeater import Repeater
from hdl.results.logit_correction import LogitCorrection
from hdl.results.logits import Logits
from hdl.results.predictive.predictive import Predictive
from hdl.results.statistics import Statistics
from hdl.rows.row_access import RowAccess
from hdl.rows.row_buffer import RowBuffer
from hdl.rows.row_router import RowRouter
from hdl.rows.row_store import RowStore
from hdl.stochastic.lfsr import Lfsr
from hdl.stochastic.self_test import SelfTest
from hdl.stochastic.stochastic_unit import StochasticUnit
from hdl.streams.layouts import Logit
from hdl.streams.tee import Tee

from .affine import AFFINE_BLOCKS, neuron_blocks
from .case import Case
from .feature_maps import MAP_BLOCKS, map_blocks
from .local import LOCAL_BLOCKS, local_blocks
from .macro import MACRO_BLOCKS, macro_blocks
from .parts import PART_BLOCKS, part_blocks
from .sampled import SAMPLED_BLOCKS, sampled_blocks
from .weighted import WEIGHTED_BLOCKS

__all__ = ["BLOCKS", "blocks"]

#: Sequences of random traffic on the ports of the core.
_SEQUENCES = 20


def _popcount(_program: Program, layer: Layer) -> Case:
    # More words than an array reads at a time, so that there are adders.
    words, lanes = layer.rows * layer.cols, layer.cols
    return Case(
        block="popcount",
        component=Popcount(words, lanes),
        tests=2,
        values={"words": words, "lanes": lanes},
    )


def _row_store(program: Program, layer: Layer) -> Case:
    groups, lines, cols = layer.array_groups, layer.group_rows, layer.cols
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
        component=Array(layer, row_tile, hardware=program.config.hardware, init=init),
        tests=5,
        config=program.config,
        program=program,
        values={"layer": layer.index, "row_tile": row_tile},
    )


def _accumulator(program: Program, layer: Layer) -> Case:
    return Case(
        block="accumulator",
        component=Accumulator(layer, program.config.hardware),
        tests=4,
        config=program.config,
        program=program,
        values={"layer": layer.index},
    )


def _lfsr(program: Program, _layer: Layer) -> Case:
    return Case(block="lfsr", component=Lfsr(program.config.random), tests=5, config=program.config)


def _tee(program: Program, _layer: Layer) -> Case:
    width = program.config.logits.width
    return Case(block="tee", component=Tee(unsigned(width)), tests=37, values={"width": width})


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
    index = min(layer.index, len(program.neurons) - 1)
    return Case(
        block="neuron",
        component=Neuron(program.config, program.config.layers[index], contents=program.neurons[index]),
        tests=14,
        config=program.config,
        program=program,
        values={"layer": index},
    )


def _control(program: Program, _layer: Layer) -> Case:
    config = program.config
    return Case(block="control", component=Control(config, program), tests=8, config=config, program=program)


def _columns(program: Program, layer: Layer) -> Case:
    row_tile = layer.row_tiles - 1
    return Case(
        block="columns",
        component=Columns(layer, row_tile),
        tests=2,
        config=program.config,
        values={"layer": layer.index, "row_tile": row_tile},
    )


def _row_access(program: Program, layer: Layer) -> Case:
    component = RowAccess(program.config, tiles=layer.arrays, groups=layer.array_groups, lines=layer.rows_per_read)
    values = {"layer": layer.index}
    return Case(block="row_access", component=component, tests=12, config=program.config, values=values)


def _row_buffer(program: Program, _layer: Layer) -> Case:
    return Case(block="row_buffer", component=RowBuffer(program.config), tests=1, config=program.config)


def _row_router(program: Program, _layer: Layer) -> Case:
    return Case(block="row_router", component=RowRouter(program.config), tests=1, config=program.config)


def _pixel_buffer(program: Program, _layer: Layer) -> Case:
    return Case(block="pixel_buffer", component=PixelBuffer(program.config), tests=15, config=program.config)


def _line_driver(program: Program, layer: Layer) -> Case:
    # A first layer without a window has none: that of the layer after it.
    index = layer.index if layer.window is not None else max(layer.index, 1)
    component = LineDriver(program.config, program.config.layers[index])
    return Case(block="line_driver", component=component, tests=10, config=program.config, values={"layer": index})


def _stochastic_unit(program: Program, _layer: Layer) -> Case:
    return Case(block="stochastic_unit", component=StochasticUnit(program.config), tests=13, config=program.config)


def _self_test(program: Program, _layer: Layer) -> Case:
    return Case(block="self_test", component=SelfTest(program.config), tests=5, config=program.config)


def _repeater(program: Program, _layer: Layer) -> Case:
    return Case(block="repeater", component=Repeater(program.config), tests=10, config=program.config)


def _logits(program: Program, _layer: Layer) -> Case:
    return Case(block="logits", component=Logits(program.config), tests=10, config=program.config)


def _logit_correction(program: Program, _layer: Layer) -> Case:
    config = program.config
    component = LogitCorrection(config, program)
    return Case(block="logit_correction", component=component, tests=12, config=config, program=program)


def _statistics(program: Program, _layer: Layer) -> Case:
    return Case(block="statistics", component=Statistics(program.config), tests=11, config=program.config)


def _predictive(program: Program, _layer: Layer) -> Case:
    config = program.config
    assert config.measures is not None, "the configuration has no predictive probabilities"
    component = Predictive(config.measures, Logit(config), total_width=config.passes_width)
    return Case(block="predictive", component=component, tests=11, config=config)


def _core(program: Program, _layer: Layer) -> Case:
    return Case.of_core("core", 19, program)


def _entropy(program: Program, _layer: Layer) -> Case:
    return Case.of_core("entropy", 14, program)


def _unit_faults(program: Program, _layer: Layer) -> Case:
    component = AxiCore(program.config, program)
    top = program.config.name
    return Case(block="unit_faults", top=top, component=component, tests=5, config=program.config, program=program)


def _axi_core(program: Program, _layer: Layer) -> Case:
    return Case(
        block="axi_core",
        top=program.config.name,
        component=AxiCore(program.config, program),
        tests=22,
        config=program.config,
        program=program,
        values={"sequences": _SEQUENCES},
    )


#: How to make the case of each block, for a Program and, where the block belongs to one, a layer. The longest is the
#: first, so that others run beside it.
BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "core": _core,
    "axi_core": _axi_core,
    "popcount": _popcount,
    "row_store": _row_store,
    "array": _array,
    "accumulator": _accumulator,
    "crossbar": _crossbar,
    "neuron": _neuron,
    "lfsr": _lfsr,
    "tee": _tee,
    "control": _control,
    "columns": _columns,
    "row_access": _row_access,
    "row_buffer": _row_buffer,
    "row_router": _row_router,
    "pixel_buffer": _pixel_buffer,
    "line_driver": _line_driver,
    "stochastic_unit": _stochastic_unit,
    "self_test": _self_test,
    "entropy": _entropy,
    "unit_faults": _unit_faults,
    "repeater": _repeater,
    "logits": _logits,
    "logit_correction": _logit_correction,
    "statistics": _statistics,
    "predictive": _predictive,
    **MAP_BLOCKS,
    **WEIGHTED_BLOCKS,
    **AFFINE_BLOCKS,
    **LOCAL_BLOCKS,
    **MACRO_BLOCKS,
    **SAMPLED_BLOCKS,
    **PART_BLOCKS,
}


def blocks(config: CoreConfig) -> list[str]:
    """Return the names of the blocks that a core has, in the order of :data:`BLOCKS`."""
    absent = (MAP_BLOCKS.keys() | {"pixel_buffer", "repeater"}) - map_blocks(config)
    absent |= {"repeater"} if config.weighted else WEIGHTED_BLOCKS.keys()
    absent |= (AFFINE_BLOCKS.keys() | {"neuron"}) - neuron_blocks(config)
    absent |= (LOCAL_BLOCKS.keys() | {"neuron"}) - local_blocks(config)
    absent |= macro_blocks(config)
    absent |= SAMPLED_BLOCKS.keys() - sampled_blocks(config)
    absent |= PART_BLOCKS.keys() - part_blocks(config)
    if not config.layers[0].once:
        absent |= {"repeater", "frame_repeater"}
    if not config.mask_width:
        absent.add("stochastic_unit")
    if config.measures is None:
        absent.add("predictive")
    if config.self_test is None:
        absent.add("self_test")
    if config.self_test is None or not config.external:
        absent |= {"entropy", "unit_faults"}
    absent.add("unit_faults" if config.shared_units == 1 else "entropy")
    if config.external:
        absent |= {"lfsr", "stochastic_unit"}
    return [name for name in BLOCKS if name not in absent]
