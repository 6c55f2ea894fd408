"""Timing of :class:`hdl.neuron.Neuron`."""

from hdl.config import CoreConfig, Layer

from .block import Block, Consumer

__all__ = ["Neuron", "compare_cycles"]


def compare_cycles(config: CoreConfig, layer: Layer) -> int:
    """Return the cycles of a comparison, thresholds having been read."""
    return -(-layer.threshold_width // config.hardware.planes_per_cycle)


class Neuron(Block):
    """A cycle for the thresholds, one for each part of the comparison, and two results at the output."""

    cycles = ("free", "_empty", "_accepted")

    def __init__(self, config: CoreConfig, layer: Layer, o: Consumer):
        self._compare_cycles = compare_cycles(config, layer)
        self._o = o
        self._empty = 0
        self._accepted = 0

    def offer(self, at: int, last: bool) -> int:
        fetched = max(at, self.free)
        taken = max(fetched + self._compare_cycles, self._empty)
        given = max(taken + 1, self._accepted)
        self.free, self._empty = taken + 1, given + 1
        self._accepted = self._o.offer(given + 1, last)
        return taken
