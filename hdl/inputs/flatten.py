"""Feature map as one vector."""

from amaranth import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, FeatureMap
from ..streams import Activations

__all__ = ["Flatten"]


class Flatten(wiring.Component):
    """Collector of all positions of a feature map.

    Takes a position a cycle; the vector is valid in the cycle after the last. The first position of the next map may
    be taken with the vector.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    source : :class:`FeatureMap`
        Feature map.

    Members
    -------
    i : :py:`In(stream.Signature(Activations(config, channels)))`
        Positions, row by row from the top left.
    o : :py:`Out(stream.Signature(Activations(config, size)))`
        Vectors: position by position, the first lowest.
    """

    def __init__(self, config: CoreConfig, source: FeatureMap):
        self._source = source
        super().__init__(
            {
                "i": In(stream.Signature(Activations(config, source.channels))),
                "o": Out(stream.Signature(Activations(config, source.size))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        position = Signal(range(self._source.positions))
        last = Signal()
        m.d.comb += [
            self.i.ready.eq(~self.o.valid | self.o.ready),
            last.eq(position == self._source.positions - 1),
        ]
        with m.If(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(self.i.valid & self.i.ready):
            m.d.sync += [
                position.eq(position + 1),
                self.o.p.bits.eq(Cat(self.o.p.bits, self.i.p.bits)[self._source.channels :]),
                self.o.p.tag.eq(self.i.p.tag),
                self.o.valid.eq(last),
            ]
            with m.If(last):
                m.d.sync += position.eq(0)
        return m
