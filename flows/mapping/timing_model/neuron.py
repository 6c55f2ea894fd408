"""Timing of :class:`hdl.neurons.Neuron`."""

from hdl.config import CoreConfig, Layer

from .block import Block, Consumer

__all__ = ["Neuron"]


class Neuron(Block):
    """Reading, then comparison, segment by segment.

    The output holds two results, each of all groups of columns.
    """

    cycles = ("free", "_empty", "_accepted")

    def __init__(self, config: CoreConfig, layer: Layer, o: Consumer):
        self._compare_cycles = config.hardware.compare_cycles(layer)
        self._groups = layer.column_groups
        self._o = o
        self._group = 0
        self._empty = 0
        self._accepted = 0

    def offer(self, at: int, last: bool) -> int:
        fetched = max(at, self.free)
        taken = max(fetched + self._compare_cycles, self._empty)
        self.free = taken + 1
        self._group = (self._group + 1) % self._groups
        if self._group:
            return taken
        given = max(taken + 1, self._accepted)
        self._empty = given + 1
        self._accepted = self._o.offer(given + 1, last)
        return taken
