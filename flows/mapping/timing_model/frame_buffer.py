"""Timing of :class:`hdl.inputs.FrameBuffer`."""

from collections.abc import Sequence

from hdl.config import CoreConfig

from .block import Block, Consumer, Timed, repeat

__all__ = ["FrameBuffer", "FrameReads"]


class FrameReads(Timed):
    """Read side of :class:`FrameBuffer`, a position a cycle.

    Parameters
    ----------
    positions
        Positions of an image.
    o
        Consumer of the positions.
    """

    cycles = ("free", "_accepted")

    def __init__(self, positions: int, o: Consumer):
        self._positions = positions
        self._o = o
        # First cycle in which the output is free.
        self._accepted = 0

    def read(self, *, last: bool = False) -> int:
        """Read an image for one pass; return the cycle after its last read."""
        for _ in range(self._positions):
            issued = max(self.free, self._accepted)
            self._accepted = self._o.offer(issued + 1, last)
            self.free = issued + 1
        return self.free


class FrameBuffer(Block):
    """Double buffer of images.

    A complete image is read while the next fills.

    Parameters
    ----------
    config
        Geometry of the core.
    reads
        Read side.
    passes
        Number of reads of an image.
    after
        All blocks downstream.
    """

    cycles = ("free", "_read")

    def __init__(self, config: CoreConfig, reads: FrameReads, passes: int, after: Sequence[Timed]):
        self._beats = config.beats_per_input
        self._reads = reads
        self._passes = passes
        self._after = after
        self._beat = 0
        # First cycle in which the bank after this one is free.
        self._read = 0

    def offer(self, at: int, last: bool) -> int:
        taken = max(at, self.free)
        self.free = taken + 1
        self._beat += 1
        if self._beat == self._beats:
            self._beat = 0
            self.free = max(self.free, self._read)
            self._reads.free = max(self._reads.free, taken + 1)
            repeat([self._reads, *self._after], self._passes - 1, self._reads.read)
            self._read = self._reads.read(last=True)
        return taken
