"""Timing of :class:`hdl.results.Logits`."""

from hdl.config import Layer

from .block import Block, Consumer

__all__ = ["Logits"]


class Logits(Block):
    """Serializer, one class a cycle.

    It takes the next counts with the last class of a vector, and all groups of columns before the first.
    """

    def __init__(self, layer: Layer, o: Consumer):
        self._classes = layer.outputs
        self._groups = layer.column_groups
        self._group = 0
        self._o = o

    def offer(self, at: int, last: bool) -> int:
        taken = cycle = max(at, self.free)
        self._group = (self._group + 1) % self._groups
        if self._group:
            self.free = taken + 1
            return taken
        for _ in range(self._classes):
            cycle = self._o.offer(cycle + 1, last)
        self.free = cycle
        return taken
