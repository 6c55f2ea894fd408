"""Sampled weights, drawn in each read of an array."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ..layer import Layer
from ..random import RandomConfig
from ..section import PositiveInt
from ..weight_sampling import Sampling, WeightSampling
from .scheme import BayesConfig, Scheme

__all__ = ["SECTION", "SampledWeights", "SampledWeightsConfig"]


class SampledWeights(Scheme["SampledWeightsConfig"]):
    """Every weight of every layer is a Bernoulli variable with a probability of its own (Bayes2IMC, arXiv 2411.07902
    [abstract]), drawn where the arrays are read.

    Nothing is computed once for all passes: each of them reads its input again.
    """

    draws_weights = True

    def check(self, bayes: SampledWeightsConfig, random: RandomConfig, layers: tuple[Layer, ...]) -> None:
        """Refuse draws longer than the registers, generators without an output, and draws from outside."""
        if bayes.weight_bits > random.lfsr_width:
            raise ValueError(f"bayes.weight_bits must be at most {random.lfsr_width}, not {bayes.weight_bits}")
        most = max(layer.outputs for layer in layers)
        if bayes.generators > most:
            raise ValueError(
                f"bayes.generators must be at most {most}, the outputs of the widest layer, not {bayes.generators}"
            )
        if random.source != "lfsr":
            raise ValueError(f"random.source must be 'lfsr' for method {bayes.method!r}, not {random.source!r}")

    def sampling(self, bayes: SampledWeightsConfig, layer: Layer) -> WeightSampling | None:
        """Return what `bayes` says, with as many generators as there are outputs at most."""
        generators = min(bayes.generators, layer.outputs)
        return WeightSampling(bits=bayes.weight_bits, drawn_per=bayes.sampling, generators=generators)


class SampledWeightsConfig(BayesConfig):
    """Section `bayes` of sampled weights."""

    scheme: ClassVar[SampledWeights] = SampledWeights()

    method: Literal["sampled-weights"] = "sampled-weights"
    """Every weight is drawn where the arrays are read."""

    weight_bits: Annotated[int, Field(strict=True, ge=2, le=16)] = 8
    """Bits k of the probability code of each weight."""

    sampling: Sampling = "read"
    """Whether every read of the arrays draws its weights anew, or every pass."""

    generators: PositiveInt = 1
    """Draws side by side for each word line of a read: output m of a layer uses that with the number
    m mod `generators`."""


SECTION = SampledWeightsConfig
