"""Vectors whose groups of columns are beats of their own."""

import random
from collections.abc import Sequence

from hdl.config import Layer

__all__ = ["ColumnBeats", "beat_places"]


def beat_places(layer: Layer, column_group: int) -> list[int]:
    """Return the column of each lane of a beat, those of all column tiles being numbered one after the other."""
    first = column_group * layer.cols_per_read
    return [
        tile * layer.cols + first + lane for tile in range(layer.col_tiles) for lane in range(layer.tile_lanes(tile))
    ]


class ColumnBeats:
    """Vectors of one layer as beats.

    It counts the beats that it is given.
    """

    def __init__(self, layer: Layer):
        self._layer = layer
        self.forget()

    def forget(self) -> None:
        """Begin with the first beat of a vector, as after a reset."""
        self.group = 0
        """Group of columns of the next beat."""
        self._vector = [0] * self._layer.outputs

    @property
    def held(self) -> list[tuple[int, int]]:
        """Lane and output of all that the next beat holds, without padding."""
        columns = self._layer.beat_columns(self.group)
        return [(lane, output) for lane, output in enumerate(columns) if output is not None]

    def split(self, numbers: Sequence[int], rng: random.Random, highest: int) -> list[list[int]]:
        """Return the lanes of each beat of a vector; padding has any number up to ``highest``."""
        return [
            [rng.randint(0, highest) if each is None else numbers[each] for each in self._layer.beat_columns(group)]
            for group in range(self._layer.column_groups)
        ]

    def join(self, lanes: Sequence[int]) -> list[int] | None:
        """Take the next beat; return the vector if it is the last one of it."""
        for lane, output in self.held:
            self._vector[output] = lanes[lane]
        self.group = (self.group + 1) % self._layer.column_groups
        return None if self.group else list(self._vector)
