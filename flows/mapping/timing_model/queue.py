"""Timing of the queue of pre-activations."""

from .block import Block, Consumer

__all__ = ["Queue"]


class Queue(Block):
    """:class:`amaranth.lib.fifo.SyncFIFO` of depth two.

    A written entry is valid in the next cycle.
    """

    cycles = ("free", "_taken", "_before")

    def __init__(self, o: Consumer):
        self._o = o
        # First cycles after the latest two were taken.
        self._taken = 0
        self._before = 0

    def offer(self, at: int, last: bool) -> int:
        written = max(at, self.free, self._before)
        self.free = written + 1
        self._before = self._taken
        self._taken = self._o.offer(max(written + 1, self._taken), last) + 1
        return written
