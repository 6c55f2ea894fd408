"""Word lines of a vector input."""

from amaranth import Array, Const, Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..streams import Activations, WordLines

__all__ = ["LineDriver"]


class LineDriver(wiring.Component):
    """Selector of a group's bits from a vector.

    Holds no copy: the vector stays valid and is taken with its last read. Word lines without an
    input get 0.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        The layer.

    Members
    -------
    i : :py:`In(stream.Signature(Activations(config, inputs * input_bits)))`
        Input vectors of the layer.
    o : :py:`Out(WordLines(config, layer))`
        Word lines, as the crossbar reads them.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        self._layer = layer
        super().__init__(
            {
                "i": In(stream.Signature(Activations(config, layer.inputs * layer.input_bits))),
                "o": Out(WordLines(config, layer)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer

        m.d.comb += [
            self.o.valid.eq(self.i.valid),
            self.o.tag.eq(self.i.p.tag),
            self.i.ready.eq(self.o.read & self.o.done),
        ]

        planes = [self.i.p.bits.word_select(plane, layer.inputs) for plane in range(layer.input_bits)]
        with m.If(self.o.read), m.Switch(self.o.group):
            for group in range(layer.groups):
                with m.Case(group):
                    for tile, bits in enumerate(self.o.bits):
                        start = tile * layer.rows + group * layer.rows_per_read
                        stop = min(start + layer.rows_per_read, tile * layer.rows + layer.tile_inputs(tile))
                        lines = Array(plane[start:stop] if start < stop else Const(0) for plane in planes)
                        m.d.sync += bits.eq(lines[self.o.plane] if layer.input_bits > 1 else lines[0])

        return m
