"""Proofs of the columns of one array."""

from collections.abc import Iterator

from amaranth import Cat, Const, Module
from amaranth.hdl import Assert, Assume, Cover

from ...config import Layer
from ...config.geometries import geometry
from ...lanes import Columns
from ..bench import Bench
from ..counting import agreement, count_ones
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Columns are independent: two are as good as many.
_COLS = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.lanes.Columns`."""
    for name, index in (("padded_small", 0), ("padded_small", 1), ("tiny", 0), ("digits", 1)):
        config = geometry(name)
        layer = config.layers[index]
        for row_tile in range(layer.row_tiles):
            yield Proof(
                block="columns",
                name=f"{config.name}_{index}_{row_tile}",
                claim="the count of each column is the number of word lines that hold an input and agree with its "
                "weight",
                sizes=f"`{config.name}`, layer {index}, row tile {row_tile}: {layer.rows_per_read} lines, "
                f"{layer.groups} groups",
                method=Method.EQUIVALENCE,
                bench=lambda layer=layer, row_tile=row_tile: Bench(  # type: ignore[misc]
                    Columns(layer, row_tile), lambda m, dut, _: _counted(layer, row_tile, m, dut, _)
                ),
            )


def _counted(layer: Layer, row_tile: int, m: Module, dut: Columns, _: Internals) -> None:
    m.d.comb += Assume(dut.group < layer.groups)
    held = {(layer.group_of(n), layer.line_of(n)) for n in range(layer.inputs) if layer.tile_of(n) == row_tile}
    for column in range(_COLS):
        agreements = []
        for line, word in enumerate(dut.words):
            groups = [group for group in range(layer.groups) if (group, line) in held]
            driven = Cat(dut.group == group for group in groups).any() if groups else Const(0, 1)
            agreements.append(agreement(word[column], dut.bits[line]) & driven)
        count = Cat(plane[column] for plane in dut.count)
        most = max(sum(group == each for each, _ in held) for group in range(layer.groups))
        m.d.comb += [Assert(count == count_ones(m, agreements)), Cover(count == most)]
