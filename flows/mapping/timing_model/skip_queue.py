"""Timing of the queue of skipped activations.

Activations wait in it for the layer that adds them.
"""

from collections import deque

from .block import Block

__all__ = ["SkipQueue"]


class SkipQueue(Block):
    """:class:`amaranth.lib.fifo.SyncFIFOBuffered`.

    A memory, and a register that is filled from it.

    Parameters
    ----------
    depth
        Number of activations that it holds, more than 1.
    """

    cycles = ("free", "_places", "_written", "_offered", "_taken")

    def __init__(self, depth: int):
        # First cycles in which each place of the memory is free, a written activation is valid, and the activation in
        # the register is offered (sequences, the last empty where there is none); the cycle in which the one before was
        # taken.
        self._places = deque([0] * (depth - 1))
        self._written: deque[int] = deque()
        self._offered: list[int] = []
        self._taken = 0

    def offer(self, at: int, last: bool) -> int:
        taken = max(at, self.free, self._places.popleft())
        self.free = taken + 1
        self._written.append(taken + 1)
        self._fetch()
        return taken

    @property
    def offered(self) -> int:
        """First cycle in which the oldest activation is offered."""
        return self._offered[0]

    def take(self, cycle: int) -> None:
        """Take the oldest activation in ``cycle``."""
        self._offered.clear()
        self._taken = cycle
        self._fetch()

    def _fetch(self) -> None:
        if self._written and not self._offered:
            fetched = max(self._written.popleft(), self._taken)
            self._offered.append(fetched + 1)
            self._places.append(fetched + 1)
