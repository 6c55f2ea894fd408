"""Timing of :class:`hdl.inputs.PixelBuffer`."""

from hdl.config import CoreConfig

from .block import Block, Consumer

__all__ = ["PixelBuffer"]


class PixelBuffer(Block):
    """Double buffer of inputs.

    A complete input is read while the next fills.
    """

    cycles = ("free", "_read")

    def __init__(self, config: CoreConfig, o: Consumer):
        self._beats = config.beats_per_input
        self._o = o
        self._beat = 0
        self._read = 0

    def offer(self, at: int, last: bool) -> int:
        taken = max(at, self.free)
        self.free = taken + 1
        self._beat += 1
        if self._beat == self._beats:
            self._beat = 0
            self.free = max(self.free, self._read)
            self._read = self._o.offer(max(taken + 1, self._read), last) + 1
        return taken
