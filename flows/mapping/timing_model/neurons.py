"""Timing of each kind of neuron."""

import dataclasses
from collections.abc import Callable, Mapping

from hdl.config import CoreConfig, Layer, NeuronKind
from hdl.neurons import InvertedNormalization as normalization  # noqa: N813

from .block import Block, Consumer
from .dropout_neuron import DropoutNeuron
from .inverted_normalization import InvertedNormalization
from .neuron import Neuron
from .sampled_neuron import SampledNeuron

__all__ = ["NEURON_TIMING", "NeuronTiming", "neuron_cycles", "neurons", "take_cycles"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class NeuronTiming:
    """Timing of one kind of neuron."""

    block: Callable[[CoreConfig, Layer, Consumer], Block]
    """Makes the block that gives to the consumer."""

    take: Callable[[CoreConfig, Layer], int]
    """Cycles from counts being offered until they are taken, where nothing has to be drawn for them."""

    least: Callable[[CoreConfig, Layer], int]
    """Cycles of one pass at least."""


def _compared(config: CoreConfig, layer: Layer) -> int:
    return config.hardware.compare_cycles(layer)


def _compared_with_all(config: CoreConfig, layer: Layer) -> int:
    return config.hardware.compare_cycles(layer) * layer.choices


def _threshold(config: CoreConfig, layer: Layer) -> int:
    return layer.beats * (1 + _compared(config, layer))


def _dropout(config: CoreConfig, layer: Layer) -> int:
    if layer.local is None:
        raise ValueError(f"layer must have local units, not {layer!r}")
    return max(_threshold(config, layer), layer.local.drawings * (1 + layer.local.steps))


def _sampled(config: CoreConfig, layer: Layer) -> int:
    if layer.local is None:
        raise ValueError(f"layer must have local units, not {layer!r}")
    return layer.beats * (1 + _compared_with_all(config, layer)) + layer.local.steps


def _mean(config: CoreConfig, layer: Layer) -> int:
    return normalization(config, layer).period


#: Timing by kind.
NEURON_TIMING: Mapping[NeuronKind, NeuronTiming] = {
    NeuronKind.THRESHOLD: NeuronTiming(block=Neuron, take=_compared, least=_threshold),
    NeuronKind.DROPOUT: NeuronTiming(block=DropoutNeuron, take=_compared, least=_dropout),
    NeuronKind.SAMPLED: NeuronTiming(block=SampledNeuron, take=_compared_with_all, least=_sampled),
    NeuronKind.MEAN: NeuronTiming(block=InvertedNormalization, take=_compared, least=_mean),
}


def neurons(config: CoreConfig, layer: Layer, o: Consumer) -> tuple[Block, ...]:
    """Return the neurons of ``layer``, which give to ``o``, and all that remembers cycles in them."""
    block = _timing(layer).block(config, layer, o)
    return (block, *block.parts)


def take_cycles(config: CoreConfig, layer: Layer) -> int:
    """Return the cycles from counts being offered until they are taken, where nothing has to be drawn for them."""
    return _timing(layer).take(config, layer)


def neuron_cycles(config: CoreConfig, layer: Layer) -> int:
    """Return the cycles that the neurons of ``layer`` need for one pass at least."""
    return _timing(layer).least(config, layer)


def _timing(layer: Layer) -> NeuronTiming:
    if layer.neuron_kind is None:
        raise ValueError(f"layer must have neurons, not {layer!r}")
    return NEURON_TIMING[layer.neuron_kind]
