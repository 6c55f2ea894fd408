"""Timing of :class:`hdl.passes.Repeater`."""

from collections.abc import Sequence

from .block import Block, Consumer, Timed, repeat

__all__ = ["Repeater"]


class Repeater(Block):
    """Replay of counts, once per pass.

    Each pass waits for its mask; the counts are taken with the last.

    Parameters
    ----------
    draws
        Cycles of drawing a mask, 0 where there is none.
    passes
        Passes T.
    o
        Consumer of the counts.
    after
        All blocks downstream.
    """

    def __init__(self, draws: int, passes: int, o: Consumer, after: Sequence[Timed]):
        self._draws = draws
        self._passes = passes
        self._o = o
        self._after = after

    def offer(self, at: int, last: bool) -> int:
        self.free = max(at, self.free)
        repeat([self, *self._after], self._passes - 1, self._send)
        return self._send(last=True) - 1

    def _send(self, *, last: bool = False) -> int:
        """Send one pass; return the first cycle of the next."""
        self.free = self._o.offer(self.free + self._draws, last) + 1
        return self.free
