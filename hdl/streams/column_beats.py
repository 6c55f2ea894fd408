"""Vectors in beats of column groups."""

from amaranth import Array, Cat, Const, Module, Mux, Signal, Value

from ..config import Layer
from .layouts import index_width

__all__ = ["beat_of", "column_counter", "gather", "last_beat"]


def column_counter(m: Module, layer: Layer, step: Value) -> Signal | None:
    """Return the group of columns of the next beat, ``step`` taking one; None where a vector is one beat."""
    if layer.column_groups == 1:
        return None
    column = Signal(index_width(layer.column_groups), name="column")
    with m.If(step):
        m.d.sync += column.eq(Mux(last_beat(layer, column), 0, column + 1))
    return column


def last_beat(layer: Layer, column: Value) -> Value:
    """Return whether ``column`` is the last group of a vector."""
    return column == layer.column_groups - 1


def gather(m: Module, layer: Layer, vector: Signal, beat: Value, column: Value | None) -> None:
    """Put the outputs in ``beat``, those of group ``column``, into the register of their ``vector``."""
    if column is None:
        m.d.sync += vector.eq(beat)
        return
    with m.Switch(column):
        for group in range(layer.column_groups):
            with m.Case(group):
                for lane, output in enumerate(layer.beat_columns(group)):
                    if output is not None:
                        m.d.sync += vector[output].eq(beat[lane])


def beat_of(layer: Layer, vector: Value, column: Value | None) -> Value:
    """Return the bits of ``vector`` that belong to the beat of group ``column``, 0 for what is padding."""
    if column is None:
        return vector
    groups = (layer.beat_columns(group) for group in range(layer.column_groups))
    return Array(Cat(Const(0) if each is None else vector[each] for each in columns) for columns in groups)[column]
