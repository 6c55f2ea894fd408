"""Timing of :class:`hdl.crossbar.Crossbar`, with the line driver before it."""

from hdl.config import CoreConfig, Layer

from .block import Block, Consumer
from .neurons import take_cycles

__all__ = ["Crossbar", "vector_pair_cycles"]

#: Cycles from the last read of a vector until its counts are offered: into the cells, the accumulator and the output.
_STAGES = 3

#: Cycles from one vector's counts being taken until the next ones are offered that wait for it.
_RELOAD = 2


def vector_pair_cycles(config: CoreConfig, layer: Layer, reads: int) -> int:
    """Return the cycles that a crossbar needs for two vectors of so many reads, one pair after the other.

    A vector begins only when the counts of the one before the last were taken.
    """
    # Counts that are computed once for all passes go into memory, and those of the last one into a shift register.
    compared = take_cycles(config, layer) if not layer.shared_by_passes and layer in config.hidden_layers else 0
    return max(2 * reads, 2 * (_RELOAD + compared), reads + _STAGES + config.read_stages + compared)


class Crossbar(Block):
    """A read a cycle, each vector right after the one before, unless the counts of two were not taken.

    A vector is taken with its last read. Its counts are there after the cycles of cells, accumulator and output and one
    for each stage of the pipeline, and wait in the accumulator while those before them are refused.
    """

    cycles = ("free", "_accepted", "_before")

    def __init__(self, config: CoreConfig, layer: Layer, o: Consumer):
        self._reads = layer.reads
        self._latency = _STAGES + config.read_stages
        self._o = o
        # When the counts of the last vector were taken, and those of the one before it.
        self._accepted = self._before = -_RELOAD

    def offer(self, at: int, last: bool) -> int:
        begin = max(at, self.free, self._before + 1)
        taken = begin + self._reads - 1
        offered = max(taken + self._latency, self._accepted + _RELOAD)
        self._before, self._accepted = self._accepted, self._o.offer(offered, last)
        self.free = taken + 1
        return taken
