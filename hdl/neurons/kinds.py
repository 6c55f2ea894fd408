"""The block of each kind of neuron."""

from collections.abc import Mapping

from ..config import CoreConfig, Layer, NeuronKind
from ..contract import Integers
from .dropout_neuron import DropoutNeuron
from .inverted_normalization import InvertedNormalization
from .neuron import Neuron
from .sampled_neuron import SampledNeuron

__all__ = ["BLOCKS", "neuron_block"]

NeuronBlock = Neuron | DropoutNeuron | SampledNeuron | InvertedNormalization

#: Blocks from counts to activations, with the ports of :class:`Neuron`. Those of layers with local units also have
#: ``reseed``, a :class:`hdl.stochastic.Reseed`, and ``code`` where the scheme has drop codes.
BLOCKS: Mapping[NeuronKind, type[NeuronBlock]] = {
    NeuronKind.THRESHOLD: Neuron,
    NeuronKind.DROPOUT: DropoutNeuron,
    NeuronKind.SAMPLED: SampledNeuron,
    NeuronKind.MEAN: InvertedNormalization,
}


def neuron_block(config: CoreConfig, layer: Layer, contents: Mapping[str, Integers] | None) -> NeuronBlock:
    """Return the block of the neurons of hidden ``layer``, which holds ``contents`` at first."""
    if layer.neuron_kind is None:
        raise ValueError(f"layer must have neurons, not {layer!r}")
    return BLOCKS[layer.neuron_kind](config, layer, contents=contents)
