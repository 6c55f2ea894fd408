"""Timing of :class:`hdl.neurons.InvertedNormalization`."""

from hdl.config import CoreConfig, Layer
from hdl.neurons import AffineTransform, MeanUnit, waiting_planes

from .block import Block, Consumer
from .skip_queue import SkipQueue

__all__ = ["InvertedNormalization"]


class InvertedNormalization(Block):
    """Queue and mean unit, one plane a cycle.

    Planes leave the queue once the mean is known.
    """

    cycles = ("free", "_given", "_added", "_divided", "_compared", "_empty")

    def __init__(self, config: CoreConfig, layer: Layer, o: Consumer):
        transform = AffineTransform(config, layer)
        self._beats = layer.beats
        self._groups = layer.column_groups
        self._gain_width, self._width = transform.gain_width, transform.width
        self._divide_cycles = MeanUnit(config, layer).divide_cycles
        self._queue = SkipQueue(waiting_planes(layer))
        self._o = o
        self._position = 0
        # First cycles in which the next plane may leave the transform, the mean unit takes one, its divider is free,
        # the comparator takes a mean, its output is empty.
        self._given = 0
        self._added = 0
        self._divided = 0
        self._compared = 0
        self._empty = 0

    def state(self, since: int) -> tuple[int, ...]:
        return (*super().state(since), *self._queue.state(since))

    def delay(self, by: int) -> None:
        super().delay(by)
        self._queue.delay(by)

    def offer(self, at: int, last: bool) -> int:
        # The gains are read for each group of columns, or once for all positions.
        step = max(at, self.free) + (0 if self._position and self._groups == 1 else self._gain_width)
        self._position = (self._position + 1) % self._beats
        for plane in range(self._width):
            # After its bit of the constant is valid and the previous plane has gone.
            step = max(step + 1, self._given)
            counted = max(step + 1, self._added)
            self._given = max(counted, self._queue.offer(step + 1, last))
            ends = not self._position and plane == self._width - 1
            self._added = max(counted + 1, self._divided) if ends else counted + 1
        self.free = step + 1
        if not self._position:
            self._compare(last)
        return step

    def _compare(self, last: bool) -> None:
        """Divide the sum, and take the planes of the map from the queue."""
        mean = max(self._added + 1 + self._divide_cycles, self._compared)
        self._divided = mean + 1
        plane = mean
        for beat in range(self._beats):
            for index in range(self._width):
                plane = max(plane + 1, self._queue.offered, self._empty if index == self._width - 1 else 0)
                self._queue.take(plane)
            if beat % self._groups == self._groups - 1:
                self._empty = self._o.offer(plane + 1, last) + 1
        self._compared = plane + 1
