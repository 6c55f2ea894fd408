"""Stages that stand still together."""

from .block import Block, Consumer

__all__ = ["Pipeline"]


class Pipeline(Block):
    """Stages of registers that all wait while a token at their end is refused. So is :class:`LogitCorrection`.

    Parameters
    ----------
    o
        Where the tokens go.
    stages
        Cycles from the last step of a token into the pipeline until it is offered, if nothing waits.
    steps
        Cycles that a token takes to enter; it is taken in the last of them.
    """

    cycles = ("free", "_waits")

    def __init__(self, o: Consumer, *, stages: int, steps: int = 1):
        self._o = o
        self._stages = stages
        self._steps = steps
        # Waits that are not over yet: of each the first cycle, and the one in which the token was taken.
        self._waits: list[int] = []

    def offer(self, at: int, last: bool) -> int:
        start = max(at, self.free)
        while self._waits and self._waits[1] <= start:
            del self._waits[:2]
        taken = self._move(start, self._steps)
        offered = self._move(taken + 1, self._stages - 1) + 1
        accepted = self._o.offer(offered, last)
        if accepted > offered:
            self._waits += [offered, accepted]
        self.free = taken + 1
        return taken

    def _move(self, cycle: int, steps: int) -> int:
        """Return the cycle of the last of ``steps`` from ``cycle`` on; the pipeline moves in those without a wait."""
        cycle += steps - 1
        begin = cycle - steps + 1
        for first, end in zip(self._waits[::2], self._waits[1::2], strict=True):
            if begin < end and first <= cycle:
                cycle += end - max(first, begin)
        return cycle
