"""Timing of :class:`hdl.neurons.SampledNeuron`."""

from hdl.config import CoreConfig, Layer

from .block import Block, Consumer

__all__ = ["SampledNeuron"]


class SampledNeuron(Block):
    """Drawing of levels, then reading and comparison.

    Levels are drawn for the first counts of a pass; then a cycle for the thresholds, and a comparison per level.
    """

    cycles = ("free", "_empty", "_accepted")

    def __init__(self, config: CoreConfig, layer: Layer, o: Consumer):
        if layer.local is None:
            raise ValueError(f"SampledNeuron layer must have local units, not {layer!r}")
        self._steps = layer.local.steps
        self._beats = layer.beats
        self._groups = layer.column_groups
        self._levels = layer.choices
        self._compare_cycles = config.hardware.compare_cycles(layer)
        self._o = o
        self._index = 0
        self._empty = 0
        self._accepted = 0

    def offer(self, at: int, last: bool) -> int:
        fetched = max(at, self.free) + (0 if self._index else self._steps)
        self._index = (self._index + 1) % self._beats
        first = max(fetched + self._compare_cycles, self._empty)
        taken = first + (self._levels - 1) * self._compare_cycles
        self.free = taken + 1
        if self._index % self._groups:
            return taken
        given = max(taken + 1, self._accepted)
        self._empty = given + 1
        self._accepted = self._o.offer(given + 1, last)
        return taken
