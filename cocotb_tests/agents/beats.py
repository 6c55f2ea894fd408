"""Packing and unpacking of beats.

The class that shaped the port in the hardware converts between its integer and plain Python.
"""

from collections.abc import Mapping
from typing import Any

from amaranth import Shape
from amaranth.hdl import ShapeLike
from amaranth.lib import data
from torch import Tensor

__all__ = ["pack", "result_beats", "unpack"]


def pack(shape: ShapeLike, value: Any) -> int:
    """Return the bits of ``value``: an integer, or for a structure a dictionary of all its members."""
    if isinstance(shape, data.StructLayout):
        assert value.keys() == shape.members.keys(), f"{sorted(value)} are not the members {sorted(shape.members)}"
    if isinstance(shape, data.Layout):
        return shape.const(value).as_bits()
    return value & (1 << Shape.cast(shape).width) - 1


def unpack(shape: ShapeLike, bits: int) -> Any:
    """Return the argument of :func:`pack`: integers, dictionaries and lists."""
    return _plain(shape.from_bits(bits)) if isinstance(shape, data.Layout) else bits


def result_beats(members: Mapping[str, Tensor]) -> list[dict[str, int]]:
    """Return members of shape (n, classes) by name, as :func:`golden.model.results` has them, as beats."""
    columns = {name: values.flatten().tolist() for name, values in members.items()}
    return [dict(zip(columns, beat, strict=True)) for beat in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    if not isinstance(value, data.Const):
        return value
    layout = value.shape()
    if isinstance(layout, data.ArrayLayout):
        return [_plain(value[index]) for index in range(layout.length)]
    return {key: _plain(value[key]) for key, _ in layout}
