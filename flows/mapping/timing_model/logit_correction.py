"""Timing of :class:`hdl.results.LogitCorrection`."""

from .block import Block, Consumer

__all__ = ["LogitCorrection"]

_STAGES = 5


class LogitCorrection(Block):
    """Five stages that stall together."""

    cycles = ("free", "_waits")

    def __init__(self, o: Consumer):
        self._o = o
        # Unfinished waits: for each the first cycle, and the one in which the logit was taken.
        self._waits: list[int] = []

    def offer(self, at: int, last: bool) -> int:
        start = max(at, self.free)
        while self._waits and self._waits[1] <= start:
            del self._waits[:2]
        taken = self._move(start, 1)
        offered = self._move(taken + 1, _STAGES - 1) + 1
        accepted = self._o.offer(offered, last)
        if accepted > offered:
            self._waits += [offered, accepted]
        self.free = taken + 1
        return taken

    def _move(self, cycle: int, stages: int) -> int:
        """Return the cycle of the last of ``stages`` from ``cycle`` on; they advance in the cycles without a wait."""
        begin, cycle = cycle, cycle + stages - 1
        for first, end in zip(self._waits[::2], self._waits[1::2], strict=True):
            if begin < end and first <= cycle:
                cycle += end - max(first, begin)
        return cycle
