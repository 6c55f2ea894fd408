"""Integers of a neuron."""

import dataclasses

__all__ = ["NeuronField"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class NeuronField:
    """An integer of every neuron of a layer.

    It takes some lines of bit planes in the rows of the layer's neurons.
    """

    name: str
    """Name in the Program, in the plural."""

    width: int
    """Bit planes, lowest first; of a signed integer in two's complement."""

    lowest: int
    """Smallest value."""

    highest: int
    """Largest value."""

    chosen: bool = False
    """Whether there is a value for each choice; otherwise the same one is kept with all choices."""

    def shape(self, outputs: int, choices: int) -> tuple[int, ...]:
        """Return the shape in the Program: (outputs, choices) or (outputs,)."""
        return (outputs, choices) if self.chosen else (outputs,)
