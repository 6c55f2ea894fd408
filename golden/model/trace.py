"""Intermediate values of single passes."""

import dataclasses
from collections.abc import Sequence
from typing import Self

import torch
from torch import Tensor

__all__ = ["Trace"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """Intermediate values of one pass of each input.

    Values of several chips have an axis of chips before that of the inputs.
    """

    counts: tuple[Tensor, ...]
    """Weighted agreement counts P of each layer, int64, shape (batch, outputs).

    Of a convolution with the residual added, before pooling, shape (batch, positions, outputs), the
    positions row by row from the top left.
    """

    fired: tuple[Tensor, ...]
    """Outputs of the neurons of each hidden layer, uint8, in the shape of their counts."""

    activations: tuple[Tensor, ...]
    """Outputs of each hidden layer, uint8, shape (batch, outputs).

    Of a convolution as they are passed on, pooled, shape (batch, positions, outputs).
    """

    logits: Tensor
    """Corrected logits, int64, shape (batch, classes)."""

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the trace of the inputs of all ``parts``, at least one, in their order."""

        def each(name: str) -> tuple[Tensor, ...]:
            return tuple(torch.cat(values) for values in zip(*(getattr(part, name) for part in parts), strict=True))

        logits = torch.cat([part.logits for part in parts])
        return cls(counts=each("counts"), fired=each("fired"), activations=each("activations"), logits=logits)
