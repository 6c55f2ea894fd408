"""Pooling of activations."""

from amaranth import Module, Signal, unsigned
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..streams import Activations, index_width

__all__ = ["Pool"]


class Pool(wiring.Component):
    """Maximum of each 2 × 2 square of activations.

    The maximum of bits is their OR. Takes an activation a cycle; the result of a square is there in the cycle after
    its last position was taken. Only that position waits while the result of the square before is refused.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A convolution with ``pool`` 2.

    Members
    -------
    i : :py:`In(stream.Signature(Activations(config, outputs)))`
        Activations at the positions of the convolution, row by row.
    o : :py:`Out(stream.Signature(Activations(config, outputs)))`
        The pooled map, row by row.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        if layer.window is None or layer.pool != _SIDE:
            raise ValueError(f"Pool layer must be a convolution with pool {_SIDE}, not {layer!r}")
        self._layer = layer
        self._window = layer.window
        shape = Activations(config, layer.outputs)
        super().__init__({"i": In(stream.Signature(shape)), "o": Out(stream.Signature(shape))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        squares = self._window.width // _SIDE

        square = Signal(index_width(squares))
        right = Signal()
        lower = Signal()
        take = Signal()
        m.d.comb += [
            self.i.ready.eq(~(right & lower) | ~self.o.valid | self.o.ready),
            take.eq(self.i.valid & self.i.ready),
        ]
        with m.If(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(take):
            m.d.sync += right.eq(~right)
            with m.If(right):
                m.d.sync += square.eq(square + 1)
                with m.If(square == squares - 1):
                    m.d.sync += [square.eq(0), lower.eq(~lower)]

        # The upper halves of a row of squares.
        m.submodules.halves = halves = memory.Memory(
            shape=unsigned(self._layer.outputs), depth=max(2, squares), init=[]
        )
        reader, writer = halves.read_port(), halves.write_port()
        left = Signal(self._layer.outputs)
        half = Signal(self._layer.outputs)
        m.d.comb += [
            half.eq(left | self.i.p.bits),
            writer.addr.eq(square),
            writer.data.eq(half),
            writer.en.eq(take & right & ~lower),
            reader.addr.eq(square),
            reader.en.eq(take & ~right & lower),
        ]
        with m.If(take & ~right):
            m.d.sync += left.eq(self.i.p.bits)
        with m.If(take & right & lower):
            m.d.sync += [
                self.o.valid.eq(1),
                self.o.p.bits.eq(half | reader.data),
                self.o.p.tag.eq(self.i.p.tag),
            ]
        return m


#: Side of the squares.
_SIDE = 2
