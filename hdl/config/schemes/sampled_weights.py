"""Sampled weights: each read of an array draws its weights from their probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..layer import Layer
from ..random import RandomConfig
from ..weight_sampling import WeightSampling
from .scheme import Scheme

if TYPE_CHECKING:
    from ..bayes import BayesConfig

__all__ = ["SCHEME", "SampledWeights"]


class SampledWeights(Scheme):
    """Every weight of every layer is a Bernoulli variable with a probability of its own (Bayes2IMC, arXiv 2411.07902
    [abstract]), drawn where the arrays are read.

    Nothing is computed once for all passes: each of them reads its input again.
    """

    name = "sampled-weights"
    draws_weights = True
    fields = ("weight_bits", "sampling", "generators")

    def probabilities(self, hidden: int) -> int:
        """Return 0: nothing is dropped."""
        return 0

    def check(self, bayes: BayesConfig, random: RandomConfig, layers: tuple[Layer, ...]) -> None:
        """Refuse draws longer than the registers, generators without an output, and draws from outside."""
        if bayes.weight_bits > random.lfsr_width:
            raise ValueError(f"bayes.weight_bits must be at most {random.lfsr_width}, not {bayes.weight_bits}")
        most = max(layer.outputs for layer in layers)
        if bayes.generators > most:
            raise ValueError(
                f"bayes.generators must be at most {most}, the outputs of the widest layer, not {bayes.generators}"
            )
        if random.source != "lfsr":
            raise ValueError(f"random.source must be 'lfsr' for method {self.name!r}, not {random.source!r}")

    def sampling(self, bayes: BayesConfig, layer: Layer) -> WeightSampling | None:
        """Return what `bayes` says, with as many generators as there are outputs at most."""
        generators = min(bayes.generators, layer.outputs)
        return WeightSampling(bits=bayes.weight_bits, sampling=bayes.sampling, generators=generators)


SCHEME = SampledWeights()
