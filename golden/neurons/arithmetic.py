"""Interface of a kind of neuron."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from hdl.config import Layer
from hdl.contract import Integers

from .real import RealNeurons

__all__ = ["Arithmetic", "Firing"]


class Firing(Protocol):
    """Neurons of one layer, arranged for speed.

    They turn sums Σ w u into activations.
    """

    pools_first: bool
    """Whether the largest of a square of sums gives the OR of their activations."""

    turns: Tensor
    """±1 for each output: the factor of its weights, and so of its sums."""

    def __call__(self, sums: Tensor, draws: Tensor | None) -> Tensor:
        """Return whether each neuron fires, bool of the shape of ``sums``.

        Parameters
        ----------
        sums
            Shape (rows, …, outputs), the positions of a convolution, H' and W', between: before pooling, unless
            `pools_first`.
        draws
            Draws for each row, as for :meth:`Arithmetic.fire`.
        """
        ...


class Arithmetic(Protocol):
    """Arithmetic of one kind of neuron."""

    def fire(self, layer: Layer, neurons: Mapping[str, Integers], counts: Tensor, draws: Tensor | None) -> Tensor:
        """Return the activations of counts P, uint8, literally as documented and sharing nothing.

        Parameters
        ----------
        layer
            The layer.
        neurons
            Its members.
        counts
            P before pooling, int64, shape (batch, positions, outputs); 1 position where it is no convolution.
        draws
            Draws for each element of the batch: values of mask bits, shape (batch,), or values of local draws, shape
            (batch, drawings, outputs); None where there are none.
        """
        ...

    def firing(self, layer: Layer, neurons: Mapping[str, Integers], weights: Integers, device: torch.device) -> Firing:
        """Return the same arranged for speed: a function of sums Σ w u as :class:`golden.model.FoldedLayer` has them.

        ``weights`` are those of the layer, shape (sets, outputs, inputs).
        """
        ...

    def on_real(
        self, layer: Layer, neurons: Mapping[str, Integers], device: torch.device, dtype: torch.dtype
    ) -> RealNeurons | None:
        """Return the same for pre-activations that are real numbers of type ``dtype``; None where it is not known."""
        ...

    def random_neurons(self, layer: Layer, rng: np.random.Generator) -> dict[str, Integers]:
        """Return random members for ``layer``, such that activations toggle and some neurons are at an end."""
        ...
