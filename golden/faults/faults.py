"""Faults of the arrays of a chip.

Every fault disturbs either the weights or the pre-activations z of all layers, the last among them, before anything
digital is done with them. What is *frozen* is drawn once for each chip, as programming and manufacture do, and is the
same at every strength up to its scale: a chip at rate 0.02 has the flips of the same chip at 0.01. What is *fresh* is
drawn for each read of a column: in the first layer, which is read once for an input, for all its passes together, in
the others for each pass; of a convolution in each position.

A weight that flipped stays so: bit flips are frozen always. Variation of conductances is frozen unless it is asked to
be fresh, and uniform noise, which is that of reading, fresh unless it is asked to be frozen [reading]; a column of
several arrays has one draw for their sum [reading]. (Faults and where they act: methods of arXiv 2401.12416 [reading].)
"""

import abc
import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Generator, Tensor

from hdl.config import InputError, Layer

__all__ = [
    "FAULTS",
    "AdditiveVariation",
    "BitFlips",
    "Fault",
    "MultiplicativeVariation",
    "PreActivationFault",
    "UniformNoise",
    "WeightFault",
    "deviation",
]


def deviation(layer: Layer) -> float:
    """Return the standard deviation of the sum of products of ``layer`` for random inputs and weights.

    √N, and in the first layer, whose inputs are odd levels ±1 … ±(2^B − 1), √(N (4^B − 1) / 3) [derived].
    """
    return math.sqrt(layer.inputs * (4**layer.input_bits - 1) / 3)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of fault at one strength.

    Raises
    ------
    InputError
        The strength is out of range.
    """

    strength: float
    """How strong it is; 0 changes nothing."""

    fresh: bool = False
    """Whether each read draws anew, instead of each chip once."""

    name: ClassVar[str]
    """Name on the command line."""

    unit: ClassVar[str]
    """Name of the strength."""

    most: ClassVar[float] = 1e6
    """Largest strength."""

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= self.most:
            raise InputError(f"{self.unit} of {self.name} must be between 0 and {self.most:g}, not {self.strength!r}")


class WeightFault(Fault, abc.ABC):
    """A fault of the cells, frozen."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fresh:
            raise InputError(f"{self.name} must be frozen, not fresh")

    @abc.abstractmethod
    def weights(self, signs: Tensor, generators: Sequence[Generator]) -> Tensor:
        """Return the weights ±1 of each chip, shape (chips, outputs, inputs).

        Parameters
        ----------
        signs
            Weights ±1 as they were meant, shape (outputs, inputs).
        generators
            One for each chip.
        """


class PreActivationFault(Fault, abc.ABC):
    """A fault of pre-activations.

    z + s d n, or z (1 + s n) where it is relative: s is the strength, d the deviation of z and n the noise.
    """

    relative: ClassVar[bool] = False
    """Whether the noise is in units of z and not of its deviation."""

    @abc.abstractmethod
    def noise(self, shape: Sequence[int], generator: Generator) -> Tensor:
        """Return noise of the strength 1, on the device of the generator."""

    def disturb(self, z: Tensor, noise: Tensor, deviation: float) -> Tensor:
        """Return pre-activations that ``noise``, which broadcasts, has changed; ``deviation`` is that of z."""
        if self.relative:
            return z.addcmul(z, noise, value=self.strength)
        return z.add(noise, alpha=self.strength * deviation)


class BitFlips(WeightFault):
    """Flips of weights, with a rate."""

    name = "bit-flips"
    unit = "rate"
    most = 1.0

    def weights(self, signs: Tensor, generators: Sequence[Generator]) -> Tensor:
        """Flip the weights of each chip."""
        drawn = torch.stack([torch.rand(signs.shape, generator=generator) for generator in generators])
        return torch.where(drawn.to(signs.device) < self.strength, -signs, signs)


class AdditiveVariation(PreActivationFault):
    """Additive Gaussian variation.

    z + σ d n, with n ~ N(0, 1).
    """

    name = "additive"
    unit = "σ"

    def noise(self, shape: Sequence[int], generator: Generator) -> Tensor:
        """Draw from N(0, 1)."""
        return torch.randn(shape, generator=generator, device=generator.device)


class MultiplicativeVariation(AdditiveVariation):
    """Multiplicative Gaussian variation.

    z (1 + σ n), with n ~ N(0, 1).
    """

    name = "multiplicative"
    relative = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class UniformNoise(PreActivationFault):
    """Additive uniform noise.

    z + a d u, with u uniform in −1 … 1.
    """

    fresh: bool = True

    name = "uniform"
    unit = "amplitude"

    def noise(self, shape: Sequence[int], generator: Generator) -> Tensor:
        """Draw from −1 … 1."""
        return 2 * torch.rand(shape, generator=generator, device=generator.device) - 1


#: All faults by name.
FAULTS: Mapping[str, type[Fault]] = {
    fault.name: fault for fault in (BitFlips, AdditiveVariation, MultiplicativeVariation, UniformNoise)
}
