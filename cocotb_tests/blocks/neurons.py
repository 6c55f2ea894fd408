"""The blocks between counts and activations of each kind of neuron, as they are simulated."""

from collections.abc import Mapping

from hdl.config import CoreConfig, NeuronKind

__all__ = ["NEURON_BLOCKS", "absent_neurons"]

#: Names of the blocks that a core has for its hidden neurons, by their kind.
NEURON_BLOCKS: Mapping[NeuronKind, frozenset[str]] = {
    NeuronKind.THRESHOLD: frozenset({"neuron"}),
    NeuronKind.DROPOUT: frozenset({"local_units", "activation_dropout", "dropout_neuron", "neuron"}),
    NeuronKind.SAMPLED: frozenset({"local_units", "sampled_neuron"}),
    NeuronKind.MEAN: frozenset({"affine_transform", "mean_unit", "mean_comparator", "inverted_normalization"}),
}


def absent_neurons(config: CoreConfig) -> frozenset[str]:
    """Return the names of those blocks that a core has not."""
    every = frozenset(name for names in NEURON_BLOCKS.values() for name in names)
    return every - NEURON_BLOCKS[config.bayes.scheme.neuron_kind]
