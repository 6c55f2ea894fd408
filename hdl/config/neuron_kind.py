"""Kinds of hidden neurons."""

import enum

__all__ = ["NeuronKind"]


class NeuronKind(enum.Enum):
    """Function from counts to activations.

    A scheme names the kind of its neurons. Each room that needs something of a kind - a block, arithmetic, timing,
    storage, a testbench - has a registry of all kinds.
    """

    #: A comparison with a threshold, one of those that the mask of a pass chooses among.
    THRESHOLD = "threshold"

    #: A comparison with a threshold whose activation is dropped by a bit of the channel.
    DROPOUT = "dropout"

    #: A comparison with a threshold that is drawn for each channel.
    SAMPLED = "sampled"

    #: A comparison, after an affine map, with the mean of the whole layer.
    MEAN = "mean"
