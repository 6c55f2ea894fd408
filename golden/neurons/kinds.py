"""Arithmetic of each kind of neuron."""

from collections.abc import Mapping

import torch

from hdl.config import InputError, Layer, NeuronKind
from hdl.contract import Program

from .arithmetic import Arithmetic
from .dropout import Dropout
from .mean import Mean
from .real import RealNeurons
from .sampled import Sampled
from .threshold import Threshold

__all__ = ["ARITHMETIC", "arithmetic_of", "real_neurons"]

#: Arithmetic by kind.
ARITHMETIC: Mapping[NeuronKind, Arithmetic] = {
    NeuronKind.THRESHOLD: Threshold(),
    NeuronKind.DROPOUT: Dropout(),
    NeuronKind.SAMPLED: Sampled(),
    NeuronKind.MEAN: Mean(),
}


def arithmetic_of(layer: Layer) -> Arithmetic:
    """Return the arithmetic of the neurons of hidden ``layer``."""
    if layer.neuron_kind is None:
        raise ValueError(f"layer must have neurons, not {layer!r}")
    return ARITHMETIC[layer.neuron_kind]


def real_neurons(program: Program, layer: Layer, device: torch.device, dtype: torch.dtype) -> RealNeurons:
    """Return the neurons of hidden ``layer`` for pre-activations that are real numbers.

    Raises
    ------
    InputError
        The method has neurons whose decision is not known there.
    """
    found = arithmetic_of(layer).on_real(layer, program.neurons[layer.index], device, dtype)
    if found is None:
        method = program.config.bayes.method
        raise InputError(f"method must be one without bits of channels and sets of weights for faults, not {method!r}")
    return found
