"""The blocks that only a core has whose passes have weights, as simulations."""

from collections.abc import Callable, Mapping

from hdl.config import Layer
from hdl.contract.program import Program
from hdl.passes.mask_sequencer import MaskSequencer
from hdl.passes.prefix_repeater import PrefixRepeater

from .case import Case

__all__ = ["WEIGHTED_BLOCKS"]


def _mask_sequencer(program: Program, _layer: Layer) -> Case:
    return Case(block="mask_sequencer", component=MaskSequencer(program.config), tests=14, config=program.config)


def _prefix_repeater(program: Program, layer: Layer) -> Case:
    # The last layer has none: that of the layer before it.
    layer = program.config.hidden_layers[min(layer.index, len(program.config.hidden_layers) - 1)]
    component = PrefixRepeater(program.config, layer)
    values = {"layer": layer.index}
    return Case(block="prefix_repeater", component=component, tests=10, config=program.config, values=values)


#: As :data:`cocotb_tests.blocks.blocks.BLOCKS`.
WEIGHTED_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "mask_sequencer": _mask_sequencer,
    "prefix_repeater": _prefix_repeater,
}
