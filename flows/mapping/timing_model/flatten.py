"""Timing of :class:`hdl.inputs.Flatten`."""

from .block import Block, Consumer

__all__ = ["Flatten"]


class Flatten(Block):
    """Collector that blocks while its vector waits."""

    def __init__(self, positions: int, o: Consumer):
        self._positions = positions
        self._o = o
        self._place = 0

    def offer(self, at: int, last: bool) -> int:
        taken = max(at, self.free)
        self.free = taken + 1
        self._place += 1
        if self._place == self._positions:
            self._place = 0
            self.free = self._o.offer(taken + 1, last)
        return taken
