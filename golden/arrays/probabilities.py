"""Probabilities of sampled weights."""

from collections.abc import Sequence

import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.contract import Program

__all__ = ["check_probabilities", "code_probabilities"]


def check_probabilities(layers: Sequence[Layer], probabilities: Sequence[Tensor]) -> int:
    """Check that there is a probability for each weight, shape (chips, outputs, inputs), and return the chips.

    Raises
    ------
    InputError
        A shape is wrong, or a probability is not between 0 and 1.
    """
    if len(probabilities) != len(layers):
        raise InputError(f"probabilities must be given for {len(layers)} layers, not {len(probabilities)}")
    chips = len(probabilities[0])
    for layer, p in zip(layers, probabilities, strict=True):
        shape = (chips, layer.outputs, layer.inputs)
        if p.shape != shape:
            raise InputError(f"probabilities of layer {layer.index} must have shape {shape}, not {tuple(p.shape)}")
        wrong = ~((p >= 0) & (p <= 1))
        if wrong.any():
            raise InputError(f"probabilities must be between 0 and 1, not {p[wrong][0].item()!r}")
    return chips


def code_probabilities(program: Program, device: str | torch.device = "cpu") -> tuple[Tensor, ...]:
    """Return P(w = +1) of each layer's codes, float64, shape (1, outputs, inputs).

    Raises
    ------
    InputError
        The weights of the Program are fixed.
    """
    found = []
    for layer, codes in zip(program.config.layers, program.weights, strict=True):
        if layer.sampling is None:
            raise InputError(f"method must be 'sampled-weights', not {program.config.bayes.method!r}")
        each = torch.as_tensor(codes, device=device)[None]
        certain = torch.ones((), dtype=torch.float64, device=device)
        found.append(torch.where(each == layer.sampling.certain, certain, each.double() / 2**layer.sampling.bits))
    return tuple(found)
