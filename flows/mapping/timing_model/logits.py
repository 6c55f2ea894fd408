"""Timing of :class:`hdl.results.Logits`."""

from .block import Block, Consumer

__all__ = ["Logits"]


class Logits(Block):
    """Serializer, one class a cycle.

    It takes the next counts with the last class of a vector.
    """

    def __init__(self, classes: int, o: Consumer):
        self._classes = classes
        self._o = o

    def offer(self, at: int, last: bool) -> int:
        taken = cycle = max(at, self.free)
        for _ in range(self._classes):
            cycle = self._o.offer(cycle + 1, last)
        self.free = cycle
        return taken
