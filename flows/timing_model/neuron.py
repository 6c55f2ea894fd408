"""Timing of :class:`hdl.neuron.Neuron`."""

from hdl.config import Layer

from .block import Block, Consumer

__all__ = ["Neuron", "compare_cycles"]

#: Bit planes of the counts that are compared in one cycle.
_PLANES_PER_CYCLE = 5


def compare_cycles(layer: Layer) -> int:
    """Return the cycles of a comparison, thresholds having been read."""
    return -(-layer.threshold_width // _PLANES_PER_CYCLE)


class Neuron(Block):
    """A cycle for the thresholds, one for every five planes of the comparison, and two results at the output."""

    cycles = ("free", "_empty", "_accepted")

    def __init__(self, layer: Layer, o: Consumer):
        self._compare_cycles = compare_cycles(layer)
        self._o = o
        self._empty = 0
        self._accepted = 0

    def offer(self, at: int, last: bool) -> int:
        fetched = max(at, self.free)
        taken = max(fetched + self._compare_cycles, self._empty)
        given = max(taken + 1, self._accepted)
        self.free, self._empty = taken + 1, given + 1
        self._accepted = self._o.offer(given + 1, last)
        return taken
