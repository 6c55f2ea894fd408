"""Timing of :class:`hdl.neurons.DropoutNeuron`."""

from hdl.config import CoreConfig, Layer

from .block import Block, Consumer
from .neuron import Neuron

__all__ = ["DropoutNeuron"]


class DropoutNeuron(Block):
    """Drawing of bits for offered counts.

    Activations wait for them.
    """

    cycles = ()

    def __init__(self, config: CoreConfig, layer: Layer, o: Consumer):
        if layer.local is None:
            raise ValueError(f"DropoutNeuron layer must have local units, not {layer!r}")
        self._dropout = _Dropout(layer.local.steps, layer.vectors // layer.local.drawings, o)
        self._neuron = Neuron(config, layer, self._dropout)
        self._groups = layer.column_groups
        self._group = 0

    @property
    def parts(self) -> tuple[Block, ...]:
        """The neuron, and the dropout behind it."""
        return self._neuron, self._dropout

    def offer(self, at: int, last: bool) -> int:
        if not self._group:
            self._dropout.coming = at
        self._group = (self._group + 1) % self._groups
        return self._neuron.offer(at, last)


class _Dropout(Block):
    """Gate of vectors until bits are drawn."""

    cycles = ("free", "_drawn")

    def __init__(self, steps: int, vectors: int, o: Consumer):
        self._steps = steps
        self._vectors = vectors
        self._o = o
        self._index = 0
        self._drawn = 0
        self.coming = 0

    def offer(self, at: int, last: bool) -> int:
        if self._index == 0:
            self._drawn = max(self.coming, self.free) + self._steps
        self._index = (self._index + 1) % self._vectors
        taken = self._o.offer(max(at, self._drawn, self.free), last)
        self.free = taken + 1
        return taken
