"""The blocks that only a core with local stochastic units has, as simulations."""

from collections.abc import Callable, Mapping

from hdl.config import Layer
from hdl.contract.program import Program
from hdl.neurons.activation_dropout import ActivationDropout
from hdl.neurons.dropout_neuron import DropoutNeuron
from hdl.neurons.sampled_neuron import SampledNeuron
from hdl.stochastic.local_units import LocalStochasticUnits

from .case import Case

__all__ = ["LOCAL_BLOCKS"]


def _local_units(program: Program, layer: Layer) -> Case:
    width = program.config.random.draw_bits
    return Case.of_neurons("local_units", LocalStochasticUnits, 12, program, layer, width=width)


def _activation_dropout(program: Program, layer: Layer) -> Case:
    return Case.of_neurons("activation_dropout", ActivationDropout, 11, program, layer)


def _dropout_neuron(program: Program, layer: Layer) -> Case:
    return Case.of_neurons("dropout_neuron", DropoutNeuron, 11, program, layer, contents=True)


def _sampled_neuron(program: Program, layer: Layer) -> Case:
    return Case.of_neurons("sampled_neuron", SampledNeuron, 11, program, layer, contents=True)


#: As :data:`cocotb_tests.blocks.blocks.BLOCKS`.
LOCAL_BLOCKS: Mapping[str, Callable[[Program, Layer], Case]] = {
    "local_units": _local_units,
    "activation_dropout": _activation_dropout,
    "dropout_neuron": _dropout_neuron,
    "sampled_neuron": _sampled_neuron,
}
