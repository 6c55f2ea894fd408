"""Timing of :class:`hdl.frame_buffer.FrameBuffer`."""

from hdl.config import CoreConfig

from .block import Block, Consumer

__all__ = ["FrameBuffer"]


class FrameBuffer(Block):
    """Two images; one that is complete is read, a position a cycle, while the other is filled."""

    cycles = ("free", "_read", "_accepted")

    def __init__(self, config: CoreConfig, positions: int, o: Consumer):
        self._beats = config.beats_per_input
        self._positions = positions
        self._o = o
        self._beat = 0
        # Cycle from which on the bank after this one is free; from which on the output is.
        self._read = 0
        self._accepted = 0

    def offer(self, at: int, last: bool) -> int:
        taken = max(at, self.free)
        self.free = taken + 1
        self._beat += 1
        if self._beat == self._beats:
            self._beat = 0
            self.free = max(self.free, self._read)
            issued = taken
            for _ in range(self._positions):
                issued = max(issued + 1, self._accepted)
                self._accepted = self._o.offer(issued + 1, last)
            self._read = issued + 1
        return taken
