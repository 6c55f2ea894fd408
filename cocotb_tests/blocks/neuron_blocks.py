"""Blocks between counts and activations."""

from hdl.config import CoreConfig

__all__ = ["neuron_blocks"]


def neuron_blocks(config: CoreConfig) -> frozenset[str]:
    """Return the names of those blocks that the hidden layers of a core have."""
    if config.bayes.scheme.normalizes:
        return frozenset({"affine_transform", "mean_unit", "mean_comparator", "inverted_normalization"})
    local = [layer for layer in config.hidden_layers if layer.local is not None]
    if not local:
        return frozenset({"neuron"})
    if local[0].choices > 1:
        return frozenset({"local_units", "sampled_neuron"})
    return frozenset({"local_units", "activation_dropout", "dropout_neuron", "neuron"})
