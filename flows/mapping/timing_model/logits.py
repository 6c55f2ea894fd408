"""Timing of :class:`hdl.results.Logits`."""

from .block import Block, Consumer

__all__ = ["Logits"]


class Logits(Block):
    """Takes the counts of a vector, the next one with the last class of it, and gives a class a cycle."""

    def __init__(self, classes: int, o: Consumer):
        self._classes = classes
        self._o = o

    def offer(self, at: int, last: bool) -> int:
        taken = cycle = max(at, self.free)
        for _ in range(self._classes):
            cycle = self._o.offer(cycle + 1, last)
        self.free = cycle
        return taken
