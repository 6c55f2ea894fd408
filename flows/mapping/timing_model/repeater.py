"""Timing of :class:`hdl.passes.Repeater`."""

from collections.abc import Sequence

from .block import Block, Consumer, Timed, repeat

__all__ = ["Repeater"]


class Repeater(Block):
    """The counts of an input once per pass, each when its mask is drawn; they are taken with the last.

    Parameters
    ----------
    draws
        Cycles in which a mask is drawn, 0 where there is none.
    passes
        Passes T.
    o
        Where the counts go.
    after
        All blocks from there on.
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
