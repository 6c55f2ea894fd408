"""Timing of :class:`hdl.crossbar.Crossbar` with its line driver."""

from hdl.config import CoreConfig, Layer

from .block import Block, Consumer
from .neurons import take_cycles

__all__ = ["Crossbar", "vector_pair_cycles"]

#: Cycles from the last read of a vector to its counts: into the cells, the accumulator and the output.
_STAGES = 3

#: Cycles from the taking of one vector's counts to the offer of the next ones, if those are waiting.
_RELOAD = 2


def vector_pair_cycles(config: CoreConfig, layer: Layer, reads: int) -> int:
    """Return the cycles of a crossbar for two vectors of ``reads`` reads for each group of columns, in steady state.

    The reads of a group begin only when the counts of the last but one were taken.
    """
    # Counts that are computed once for all passes go into memory, and those of the last one into a shift register.
    compared = take_cycles(config, layer) if not layer.shared_by_passes and layer in config.hidden_layers else 0
    pair = max(2 * reads, 2 * (_RELOAD + compared), reads + _STAGES + config.read_stages + compared)
    return layer.column_groups * pair


class Crossbar(Block):
    """Reads, one a cycle, of vectors without gaps.

    A vector starts right after the previous one, unless the counts of two were not taken, and so does each of its
    groups of columns. It is taken with its last read. The counts of a group are valid after the cycles of cells,
    accumulator and output and one for each stage of the pipeline, and wait in the accumulator while the previous
    ones are not taken.
    """

    cycles = ("free", "_accepted", "_before")

    def __init__(self, config: CoreConfig, layer: Layer, o: Consumer):
        self._reads = layer.reads
        self._groups = layer.column_groups
        self._latency = _STAGES + config.read_stages
        self._o = o
        # Cycles in which the counts of the last group were taken, and those of the one before it.
        self._accepted = self._before = -_RELOAD

    def offer(self, at: int, last: bool) -> int:
        taken = at
        for _ in range(self._groups):
            begin = max(at, self.free, self._before + 1)
            taken = begin + self._reads - 1
            offered = max(taken + self._latency, self._accepted + _RELOAD)
            self._before, self._accepted = self._accepted, self._o.offer(offered, last)
            self.free = taken + 1
        return taken
