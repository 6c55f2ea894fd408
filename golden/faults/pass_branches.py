"""Passes with shared computations."""

import dataclasses
from typing import Self

import torch
from torch import Tensor

__all__ = ["Branches", "spread"]


@dataclasses.dataclass(frozen=True, eq=False)
class Branches:
    """Distinct computations of each input.

    There is one at first, then one for each value of the masks, at most T. Values of layers have a dimension of
    branches after that of the inputs. While there are fewer values of the masks than passes, each value has a branch,
    whether it occurs or not; from then on, each pass has one.
    """

    passes: int
    """Number of passes T."""

    count: int
    """Branches of an input."""

    of_pass: Tensor | None
    """Branch of each pass, int64, shape (n, T); None where there is one for each, in order."""

    parents: int | Tensor = 1
    """How they came from the branches before: each has so many children, or the parent of each, shape (n, count)."""

    choice: Tensor | None = None
    """Choice of the mask that was taken last in each branch, shape (n, count); None where all choices follow."""

    @classmethod
    def begin(cls, inputs: int, passes: int, device: torch.device) -> Self:
        """Return the one branch that each of ``inputs`` inputs begins with."""
        return cls(passes, 1, torch.zeros((inputs, passes), dtype=torch.int64, device=device))

    def grow(self, chosen: Tensor, choices: int) -> Self:
        """Return the branches after a layer in which pass t of input i takes ``chosen[i, t]`` of its ``choices``."""
        if self.count * choices <= self.passes:
            before = 0 if self.of_pass is None else self.of_pass
            return dataclasses.replace(
                self, count=self.count * choices, of_pass=before * choices + chosen, parents=choices, choice=None
            )
        return dataclasses.replace(self.separated(), choice=chosen)

    def separated(self) -> Self:
        """Return one branch for each pass."""
        parents: int | Tensor = 1 if self.of_pass is None else self.of_pass
        return dataclasses.replace(self, count=self.passes, of_pass=None, parents=parents, choice=None)

    def separate(self, values: Tensor) -> Tensor:
        """Return ``values``, shape (chips, n, branches, ...), for each pass, shape (chips, n, T, ...)."""
        return values if self.of_pass is None else spread(values, self.of_pass)


def spread(values: Tensor, parents: int | Tensor) -> Tensor:
    """Return ``values``, shape (chips, n, branches, ...), for the children: see :attr:`Branches.parents`."""
    if isinstance(parents, int):
        return values if parents == 1 else values.repeat_interleave(parents, dim=2)
    if values.shape[2] == 1:
        return values.expand(-1, -1, parents.shape[1], *(-1 for _ in values.shape[3:]))
    return values[:, torch.arange(values.shape[1], device=values.device).unsqueeze(1), parents]
