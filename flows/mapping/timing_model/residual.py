"""Timing of :class:`hdl.neurons.Residual`."""

from .block import Consumer
from .skip_queue import SkipQueue

__all__ = ["Residual"]


class Residual(Consumer):
    """Combinational join of both inputs."""

    def __init__(self, skip: SkipQueue, o: Consumer):
        self._skip = skip
        self._o = o

    def offer(self, at: int, last: bool) -> int:
        taken = self._o.offer(max(at, self._skip.offered), last)
        self._skip.take(taken)
        return taken
