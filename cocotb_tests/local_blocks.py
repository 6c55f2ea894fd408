"""The blocks that only a core with local stochastic units has, as simulations."""

from collections.abc import Callable, Mapping

from hdl.activation_dropout import ActivationDropout
from hdl.config import CoreConfig, Layer
from hdl.dropout_neuron import DropoutNeuron
from hdl.local_units import LocalStochasticUnits
from hdl.program import Program
from hdl.sampled_neuron import SampledNeuron

from .case import Case

__all__ = ["LOCAL_BLOCKS", "local_blocks"]


def local_blocks(config: CoreConfig) -> set[str]:
    """Return the names of those blocks, and of those in their place, that a core has."""
    local = [layer for layer in config.hidden_layers if layer.local is not None]
    if not local:
        return {"neuron"}
    if local[0].choices > 1:
        return {"local_units", "sampled_neuron"}
    return {"local_units", "activation_dropout", "dropout_neuron", "neuron"}


def _hidden(program: Program, layer: Layer) -> Layer:
    """Return ``layer``, or of the last one, which has no neurons, the layer before it."""
    return program.config.hidden_layers[min(layer.index, len(program.neurons) - 1)]


def _local_units(program: Program, layer: Layer) -> Case:
    layer, width = _hidden(program, layer), program.config.random.draw_bits
    return Case(
        block="local_units",
        component=LocalStochasticUnits(program.config, layer, width),
        tests=12,
        config=program.config,
        values={"layer": layer.index},
    )


def _activation_dropout(program: Program, layer: Layer) -> Case:
    layer = _hidden(program, layer)
    return Case(
        block="activation_dropout",
        component=ActivationDropout(program.config, layer),
        tests=11,
        config=program.config,
        values={"layer": layer.index},
    )


def _dropout_neuron(program: Program, layer: Layer) -> Case:
    layer = _hidden(program, layer)
    return Case(
        block="dropout_neuron",
        component=DropoutNeuron(program.config, layer, contents=program.neurons[layer.index]),
        tests=11,
        config=program.config,
        program=program,
        values={"layer": layer.index},
    )


def _sampled_neuron(program: Program, layer: Layer) -> Case:
    layer = _hidden(program, layer)
    return Case(
        block="sampled_neuron",
        component=SampledNeuron(program.config, layer, contents=program.neurons[layer.index]),
        tests=11,
        config=program.config,
        program=program,
        values={"layer": layer.index},
    )


#: As :data:`cocotb_tests.blocks.BLOCKS`.
LOCAL_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "local_units": _local_units,
    "activation_dropout": _activation_dropout,
    "dropout_neuron": _dropout_neuron,
    "sampled_neuron": _sampled_neuron,
}
