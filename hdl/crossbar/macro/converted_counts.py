"""Agreement counts from converter codes."""

from amaranth import Const, Module, Mux, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ...config import CoreConfig, Layer
from ...streams import index_width, mux_tree

__all__ = ["ConvertedCounts"]


class ConvertedCounts(wiring.Component):
    """Conversion of codes to saturated agreement counts. Combinational.

    A count never exceeds the number of driven word lines, so that sums cannot overflow even for a noisy converter.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core; its macros have converters.
    layer : :class:`Layer`
        The layer.
    row_tile : :class:`int`
        Part of the fan-in that the array holds.

    Members
    -------
    group : :py:`In(range(layer.groups))`
        Group of word lines that was read.
    codes : :py:`In(cols).array(adc_width)`
        Planes of the codes, lowest first.
    count : :py:`Out(cols).array(read_width)`
        Planes of the counts.
    """

    def __init__(self, config: CoreConfig, layer: Layer, row_tile: int):
        self._layer = layer
        self._row_tile = row_tile
        self._shift = config.sensing.adc_shift(layer)
        super().__init__(
            {
                "group": In(index_width(layer.groups)),
                "codes": In(layer.cols).array(config.sensing.adc_width(layer)),
                "count": Out(layer.cols).array(layer.read_width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer
        zero = Const(0, layer.cols)
        counts = [zero] * self._shift + list(self.codes)
        limits = [Const(layer.driven_lines(self._row_tile, group), layer.read_width) for group in range(layer.groups)]
        limit = Signal(layer.read_width)
        m.d.comb += limit.eq(mux_tree(limits, self.group) if len(limits) > 1 else limits[0])

        over: Value = zero
        for plane, (count, bit) in enumerate(zip(counts, limit, strict=True)):
            more = Signal(layer.cols, name=f"over_{plane}")
            m.d.comb += more.eq(Mux(bit, count & over, count | over))
            over = more
        for plane, count, bit in zip(self.count, counts, limit, strict=True):
            m.d.comb += plane.eq(Mux(bit, count | over, count & ~over))
        return m
