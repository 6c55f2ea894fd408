"""Neurons of a scheme, and their least cycles."""

from hdl.config import CoreConfig, Layer
from hdl.neurons.inverted_normalization import InvertedNormalization as normalization  # noqa: N813

from .block import Block, Consumer
from .dropout_neuron import DropoutNeuron
from .inverted_normalization import InvertedNormalization
from .neuron import Neuron
from .sampled_neuron import SampledNeuron

__all__ = ["neuron_cycles", "neurons", "take_cycles"]


def neurons(config: CoreConfig, layer: Layer, o: Consumer) -> tuple[Block, ...]:
    """Return the neurons of ``layer``, connected to ``o``, and all blocks in them that remember cycles."""
    if config.bayes.scheme.normalizes:
        return (InvertedNormalization(config, layer, o),)
    if layer.local is None:
        return (Neuron(config, layer, o),)
    if layer.choices > 1:
        return (SampledNeuron(config, layer, o),)
    block = DropoutNeuron(config, layer, o)
    return (block, *block.parts)


def take_cycles(config: CoreConfig, layer: Layer) -> int:
    """Return the cycles from the offer of counts until they are taken, where nothing has to be drawn for them."""
    compared = config.hardware.compare_cycles(layer)
    return compared if layer.local is None else compared * layer.choices


def neuron_cycles(config: CoreConfig, layer: Layer) -> int:
    """Return the least cycles of the neurons of ``layer`` for one pass."""
    if config.bayes.scheme.normalizes:
        return normalization(config, layer).period
    cycles = layer.vectors * (1 + take_cycles(config, layer))
    if layer.local is None:
        return cycles
    if layer.choices > 1:
        return cycles + layer.local.steps
    return max(cycles, layer.local.drawings * (1 + layer.local.steps))
