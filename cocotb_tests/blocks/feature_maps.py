"""The blocks that only a core with convolutions has, as simulations, and what they take the place of."""

from collections.abc import Callable, Mapping

from hdl.config import CoreConfig, Layer
from hdl.contract.program import Program
from hdl.inputs.flatten import Flatten
from hdl.inputs.frame_buffer import FrameBuffer
from hdl.inputs.window_buffer import WindowBuffer
from hdl.neurons.pool import Pool
from hdl.neurons.residual import Residual
from hdl.passes.frame_repeater import FrameRepeater

from .case import Case

__all__ = ["MAP_BLOCKS", "map_blocks"]


def map_blocks(config: CoreConfig) -> set[str]:
    """Return the names of those blocks, and of those in their place, that a core has."""
    first, layers = config.layers[0], config.layers
    found = {"repeater" if first.vectors == 1 else "frame_repeater"}
    found |= {"pixel_buffer"} if first.window is None else {"frame_buffer", "window_buffer"}
    if any(layer.pool > 1 for layer in layers):
        found.add("pool")
    if any(layer.flattened is not None for layer in layers):
        found.add("flatten")
    if any(layer.skip is not None for layer in layers):
        found.add("residual")
    return found


def _from(layer: Layer, config: CoreConfig, has: Callable[[Layer], bool]) -> Layer:
    """Return ``layer`` or the first one after it that ``has`` the block."""
    return next(each for each in config.layers[layer.index :] if has(each))


def _frame_buffer(program: Program, _layer: Layer) -> Case:
    return Case(block="frame_buffer", component=FrameBuffer(program.config), tests=15, config=program.config)


def _frame_repeater(program: Program, _layer: Layer) -> Case:
    return Case(block="frame_repeater", component=FrameRepeater(program.config), tests=10, config=program.config)


def _window_buffer(program: Program, layer: Layer) -> Case:
    component = WindowBuffer(program.config, layer)
    values = {"layer": layer.index}
    return Case(block="window_buffer", component=component, tests=10, config=program.config, values=values)


def _pool(program: Program, layer: Layer) -> Case:
    layer = _from(layer, program.config, lambda each: each.pool > 1)
    component = Pool(program.config, layer)
    values = {"layer": layer.index}
    return Case(block="pool", component=component, tests=10, config=program.config, values=values)


def _flatten(program: Program, _layer: Layer) -> Case:
    source = program.config.network.maps[-1]
    return Case(block="flatten", component=Flatten(program.config, source), tests=10, config=program.config)


def _residual(program: Program, layer: Layer) -> Case:
    layer = _from(layer, program.config, lambda each: each.skip is not None)
    component = Residual(program.config, layer)
    values = {"layer": layer.index}
    return Case(block="residual", component=component, tests=2, config=program.config, values=values)


#: As :data:`cocotb_tests.blocks.blocks.BLOCKS`.
MAP_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "frame_buffer": _frame_buffer,
    "frame_repeater": _frame_repeater,
    "window_buffer": _window_buffer,
    "pool": _pool,
    "flatten": _flatten,
    "residual": _residual,
}
