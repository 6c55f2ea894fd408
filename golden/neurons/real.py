"""Hidden neurons on real pre-activations.

Faults make pre-activations real numbers.
"""

from typing import Protocol

from torch import Tensor

__all__ = ["RealNeurons", "per_branch"]


class RealNeurons(Protocol):
    """Decisions of one hidden layer.

    Where z is that of the hardware, they are its activations.
    """

    def fire(self, z: Tensor, choice: int | Tensor) -> Tensor:
        """Return the activations, bool, of the shape of ``z``.

        Parameters
        ----------
        z
            Pre-activations, floating, shape (chips, n, branches, positions, outputs).
        choice
            Which of its choices the mask selects: one for all, or int64 of shape (n, branches).
        """
        ...


def per_branch(table: Tensor, choice: int | Tensor) -> Tensor:
    """Return rows of ``table`` (choices, outputs) that broadcast with z: one, or one for each input and branch."""
    return table[choice] if isinstance(choice, int) else table[choice].unsqueeze(2)
