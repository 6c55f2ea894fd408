"""Timing of :class:`hdl.neurons.Residual`."""

from hdl.config import Layer

from .block import Consumer
from .skip_queue import SkipQueue

__all__ = ["Residual"]


class Residual(Consumer):
    """Combinational join of both inputs.

    Where a vector has several groups of columns, the activations are taken with the last.
    """

    def __init__(self, layer: Layer, skip: SkipQueue, o: Consumer):
        self._groups = layer.column_groups
        self._group = 0
        self._skip = skip
        self._o = o

    def offer(self, at: int, last: bool) -> int:
        taken = self._o.offer(max(at, self._skip.offered), last)
        self._group = (self._group + 1) % self._groups
        if not self._group:
            self._skip.take(taken)
        return taken
