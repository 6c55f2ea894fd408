"""Hidden layers of the integer model, arranged for speed."""

import math
from collections.abc import Mapping

import torch
from torch import Tensor

from hdl.config import Layer
from hdl.contract import Integers

from ..common import exact_dtype
from ..neurons import ThresholdFiring, arithmetic_of

__all__ = ["FoldedLayer", "Scratch", "to_signs"]


class Scratch:
    """Memory that all batches reuse.

    Touching fresh pages takes longer than the arithmetic.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[int, str], Tensor] = {}

    def take(self, layer: int, name: str, shape: tuple[int, int], like: Tensor) -> Tensor:
        """Return a tensor for ``name`` in ``layer``, of the type of ``like``; its contents are undefined."""
        size = math.prod(shape)
        held = self._held.get((layer, name))
        if held is None or len(held) < size:
            held = self._held[layer, name] = like.new_empty(size)
        return held[:size].view(shape)


def to_signs(layer: Layer, weights: Integers, turns: Tensor) -> Tensor:
    """Return weights of ±1, each neuron's multiplied by its ±1 in ``turns``, shape (sets, outputs, inputs)."""
    signs = 2 * torch.as_tensor(weights, device=turns.device) - 1
    return (signs * turns[:, None]).to(exact_dtype(layer.threshold_max))


class FoldedLayer:
    """A hidden layer as a matrix product and comparison.

    There is one product, or one for each set of weights; the neurons turn the sums into activations.
    """

    def __init__(
        self,
        layer: Layer,
        weights: Integers,
        neurons: Mapping[str, Integers],
        device: torch.device,
    ):
        self.layer = layer
        sets = weights.reshape(layer.sets, layer.outputs, layer.inputs)
        self._firing = arithmetic_of(layer).firing(layer, neurons, sets, device)
        self._signs = to_signs(layer, sets, self._firing.turns)

    def fire_all(self, values: Tensor, scratch: Scratch) -> Tensor | None:
        """Return activations of all choices of each row of ``values``, shape (choices · rows, outputs).

        Row r 2^bits + choice is of row r. None where choices are not all that the layer has.
        """
        layer, firing = self.layer, self._firing
        if layer.sets > 1 or type(firing) is not ThresholdFiring:
            return None
        sums = self._sums(values, 0, scratch)
        fired = scratch.take(layer.index, "fired", (len(sums) * layer.choices, layer.outputs), sums)
        torch.ge(sums.unsqueeze(1), firing.limits, out=fired.view(len(sums), layer.choices, layer.outputs))
        return fired

    def fire(self, values: Tensor, parents: Tensor | None, draws: Tensor | None, scratch: Scratch) -> Tensor:
        """Return activations 0 and 1 in the type of sums, shape (rows, outputs).

        Parameters
        ----------
        values
            Inputs, shape (…, inputs).
        parents
            For each row that is wanted the row of ``values`` it comes from; None for all of them.
        draws
            Draws for each row that is wanted; None where there are none.
        scratch
            Memory to compute in.
        """
        layer = self.layer
        if layer.sets > 1 and draws is not None:
            fired = self._signs.new_empty(len(draws), layer.outputs)
            for index in range(layer.sets):
                (rows,) = (draws == index).nonzero(as_tuple=True)
                chosen = values[rows if parents is None else parents[rows]]
                fired[rows] = self._firing(self._sums(chosen, index, scratch), draws[rows]).to(fired.dtype)
            return fired
        sums = self._sums(values, 0, scratch)
        if parents is not None:
            chosen = scratch.take(layer.index, "fired", (len(parents), layer.outputs), sums)
            sums = torch.index_select(sums, 0, parents, out=chosen)
        if type(self._firing) is ThresholdFiring:
            return torch.ge(sums, self._firing.chosen(sums, draws), out=sums)
        return self._firing(sums, draws).to(sums.dtype)

    def _sums(self, values: Tensor, index: int, scratch: Scratch) -> Tensor:
        """Return Σ w u of one set of weights, shape (rows, outputs), for ``values`` of shape (rows, inputs)."""
        rows, inputs = values.shape
        if values.dtype != self._signs.dtype:
            values = scratch.take(self.layer.index, "values", (rows, inputs), self._signs).copy_(values)
        sums = scratch.take(self.layer.index, "sums", (rows, self.layer.outputs), self._signs)
        return torch.mm(values, self._signs[index].T, out=sums)
