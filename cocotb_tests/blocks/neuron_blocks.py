"""Blocks between counts and activations, by the kind of neuron."""

from collections.abc import Mapping

from hdl.config import CoreConfig, NeuronKind

__all__ = ["NEURON_BLOCKS", "neuron_blocks"]

#: Names of the blocks that a core has for its hidden neurons.
NEURON_BLOCKS: Mapping[NeuronKind, frozenset[str]] = {
    NeuronKind.THRESHOLD: frozenset({"neuron"}),
    NeuronKind.DROPOUT: frozenset({"local_units", "activation_dropout", "dropout_neuron", "neuron"}),
    NeuronKind.SAMPLED: frozenset({"local_units", "sampled_neuron"}),
    NeuronKind.MEAN: frozenset(
        {
            "affine_transform",
            "serial_multiplier",
            "mean_unit",
            "mean_divider",
            "mean_comparator",
            "inverted_normalization",
            "queued_branch",
        }
    ),
}


def neuron_blocks(config: CoreConfig) -> frozenset[str]:
    """Return the names of those blocks that the hidden layers of a core have."""
    return NEURON_BLOCKS[config.bayes.scheme.neuron_kind]
