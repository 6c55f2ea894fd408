"""Columns of one array: comparison and counting."""

from amaranth import Array, Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import HardwareConfig, Layer
from ..streams import index_width
from .popcount import Popcount

__all__ = ["Columns"]


class Columns(wiring.Component):
    """Per-column agreement counts of the driven word lines.

    Combinational, or with ``halves_registered`` one cycle later.

    The group determines which word lines are driven: those that hold no input are not. Logic is
    spent on that only where the fan-in leaves padding.

    Parameters
    ----------
    layer : :class:`Layer`
        Geometry.
    row_tile : :class:`int`
        Row tile: the part of the fan-in that the columns see.
    hardware : :class:`HardwareConfig`, optional
        Placement of registers.

    Members
    -------
    words : :py:`In(cols_per_read).array(rows_per_read)`
        Weights of the word lines of one group.
    bits : :py:`In(rows_per_read)`
        Their input bits.
    group : :py:`In(index_width(array_groups))`
        Group. For groups that no computation visits, ``layer.groups`` and above in a set of weights, the counts
        are undefined.
    count : :py:`Out(cols_per_read).array(read_width)`
        Planes of the agreement counts.
    """

    def __init__(self, layer: Layer, row_tile: int, hardware: HardwareConfig | None = None):
        if row_tile not in range(layer.row_tiles):
            raise ValueError(f"Columns row_tile must be between 0 and {layer.row_tiles - 1}, not {row_tile!r}")
        self._layer = layer
        self._row_tile = row_tile
        self._registered = (hardware or HardwareConfig()).halves_registered
        super().__init__(
            {
                "words": In(layer.cols_per_read).array(layer.rows_per_read),
                "bits": In(layer.rows_per_read),
                "group": In(index_width(layer.array_groups)),
                "count": Out(layer.cols_per_read).array(layer.read_width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer
        m.submodules.popcount = popcount = Popcount(
            layer.rows_per_read, layer.cols_per_read, registered=self._registered
        )
        group: Value = self.group
        if layer.sets > 1:
            group = Array(index % layer.set_groups for index in range(layer.array_groups))[self.group]
        counted = group
        if self._registered:
            counted = Signal.like(self.group)
            m.d.sync += counted.eq(group)

        # The lines of the last group that holds inputs may be padding, and so may whole groups after it.
        driven = [layer.driven_groups(self._row_tile, line) for line in range(layer.rows_per_read)]
        last = max(driven) - 1
        for line, groups in enumerate(driven):
            bit, word = self.bits[line], self.words[line]
            if groups <= last:
                # A line that is not always driven supplies its agreement, which a bit of 1 leaves unchanged.
                bit, word = Const(1), Mux(group == last, 0, Mux(bit, word, ~word))
            m.d.comb += [popcount.bits[line].eq(bit), popcount.words[line].eq(word)]
        for plane, ones in zip(self.count, popcount.count, strict=True):
            m.d.comb += plane.eq(ones if last == layer.groups - 1 else Mux(counted > last, 0, ones))

        return m
