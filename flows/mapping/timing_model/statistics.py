"""Timing of :class:`hdl.results.Statistics`."""

from .block import Block, Consumer

__all__ = ["SUMMING", "Statistics"]

#: Cycles from the last logit of an input to its first result.
SUMMING = 4


class Statistics(Block):
    """Logits, then results, one a cycle.

    It takes no logits while results are sent.
    """

    def __init__(self, classes: int, o: Consumer):
        self._classes = classes
        self._o = o
        self._index = 0

    def offer(self, at: int, last: bool) -> int:
        taken = max(at, self.free)
        self.free = taken + 1
        self._index = (self._index + 1) % self._classes
        if last and not self._index:
            cycle = taken + SUMMING
            for _ in range(self._classes):
                cycle = self._o.offer(cycle, last) + 1
            self.free = cycle
        return taken
