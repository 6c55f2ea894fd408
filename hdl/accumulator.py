"""Adding up the reads of all row tiles and bit planes."""

from amaranth import Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from .carry_save import carry_save_sum
from .config import Layer

__all__ = ["Accumulator"]


class Accumulator(wiring.Component):
    """Running sum of agreement counts in every column of a layer.

    Adds the counts of all row tiles in one cycle, which ``total`` shows in the next.

    Parameters
    ----------
    layer : :class:`Layer`
        Geometry; the sum is ``count_width`` bits wide and cannot overflow.

    Members
    -------
    add : :py:`In(1)`
        Add ``counts`` now.
    clear : :py:`In(1)`
        With ``add``: forget the sum first.
    double : :py:`In(1)`
        With ``add``: double the sum first, since a lower bit plane begins.
    counts : :py:`In(outputs).array(row_tiles, read_width)`
        Planes of the counts of each row tile.
    total : :py:`Out(outputs).array(count_width)`
        Planes of the sum.
    """

    def __init__(self, layer: Layer):
        self._layer = layer
        super().__init__(
            {
                "add": In(1),
                "clear": In(1),
                "double": In(1),
                "counts": In(layer.outputs).array(layer.row_tiles, layer.read_width),
                "total": Out(layer.outputs).array(layer.count_width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer

        columns: list[list[Value]] = []
        for weight in range(layer.count_width):
            kept = self.total[weight]
            if layer.input_bits > 1:
                kept = Mux(self.double, self.total[weight - 1] if weight else 0, kept)
            operand = Signal(layer.outputs, name=f"operand_{weight}")
            m.d.comb += operand.eq(Mux(self.clear, 0, kept))
            tiles = range(layer.row_tiles) if weight < layer.read_width else ()
            columns.append([*(self.counts[tile][weight] for tile in tiles), operand])

        planes = carry_save_sum(m, columns, layer.outputs)
        with m.If(self.add):
            for weight, plane in enumerate(planes):
                m.d.sync += self.total[weight].eq(plane)

        return m
