"""Hidden neurons whose pre-activations are real numbers, as faults leave them."""

import torch
from torch import Tensor

from hdl.config import InputError, Layer
from hdl.contract.program import Program

__all__ = ["MeanNeurons", "RealNeurons", "ThresholdNeurons", "real_neurons"]


class RealNeurons:
    """Decisions of one hidden layer. Where z is what the hardware counts, they are its activations."""

    def fire(self, z: Tensor, choice: int | Tensor) -> Tensor:
        """Return the activations, bool, of the shape of ``z``.

        Parameters
        ----------
        z
            Pre-activations, floating, shape (chips, n, branches, positions, outputs).
        choice
            Which of its choices the mask selects: one for all, or int64 of shape (n, branches).
        """
        raise NotImplementedError


class ThresholdNeurons(RealNeurons):
    """(z ≥ 2θ − P_max) XOR flip: the comparison P ≥ θ (docs/numerics.md#thresholds) of z = 2P − P_max."""

    def __init__(self, program: Program, layer: Layer, device: torch.device, dtype: torch.dtype):
        thresholds, flips = program.thresholds[layer.index], program.flips[layer.index]
        limits = 2 * torch.as_tensor(thresholds, device=device).T - layer.count_max
        self._limits = limits.to(dtype).contiguous()
        self._flips = torch.as_tensor(flips, device=device).bool()

    def fire(self, z: Tensor, choice: int | Tensor) -> Tensor:
        """Compare with the chosen thresholds."""
        return (z >= per_branch(self._limits, choice)) ^ self._flips


class MeanNeurons(RealNeurons):
    """n A ≥ Σ A for A = G P + C, over the channels and positions of an input, with P = (z + P_max) / 2.

    In float64, where it is exact for what the hardware counts.
    """

    def __init__(self, program: Program, layer: Layer, device: torch.device):
        neurons = program.neurons[layer.index]
        gains, constants = (torch.as_tensor(neurons[name], device=device).T for name in ("gains", "constants"))
        self._gains = gains.double().contiguous()
        self._constants = constants.double().contiguous()
        self._count_max = layer.count_max

    def fire(self, z: Tensor, choice: int | Tensor) -> Tensor:
        """Compare with the mean."""
        count = (z.double() + self._count_max) / 2
        transformed = per_branch(self._gains, choice) * count + per_branch(self._constants, choice)
        values = z.shape[-2] * z.shape[-1]
        return values * transformed >= transformed.sum(dim=(-2, -1), keepdim=True)


def per_branch(table: Tensor, choice: int | Tensor) -> Tensor:
    """Return rows of ``table`` (choices, outputs) that broadcast with z: one, or one for each input and branch."""
    return table[choice] if isinstance(choice, int) else table[choice].unsqueeze(2)


def real_neurons(program: Program, layer: Layer, device: torch.device, dtype: torch.dtype) -> RealNeurons:
    """Return the neurons of hidden ``layer``.

    Raises
    ------
    InputError
        The method has neurons whose decision is not known here.
    """
    config = program.config
    if any(each.local is not None or each.sets > 1 for each in config.layers):
        raise InputError(
            f"method must be one without bits of channels and sets of weights for faults, not {config.bayes.method!r}"
        )
    if config.bayes.scheme.normalizes:
        return MeanNeurons(program, layer, device)
    return ThresholdNeurons(program, layer, device, dtype)
