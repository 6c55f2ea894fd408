"""Serialization of the last layer's sums."""

from amaranth import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import Counts, Preactivation, column_counter, gather, last_beat

__all__ = ["Logits"]


class Logits(wiring.Component):
    """Serializer of counts into pre-activations.

    z = 2P − count_max. Takes the counts of all classes together. The first class is valid one cycle after the counts
    were taken, then one class a cycle. The next counts are taken with the last class: a pass takes as many cycles as
    there are classes. Where groups of columns are beats, the first class is valid after the last of them, and more
    cycles are taken by the others, one each.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, config.layers[-1])))`
        Counts of the last layer.
    o : :py:`Out(stream.Signature(Preactivation(config)))`
        Pre-activations of the layer, class 0 first.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(Counts(config, config.layers[-1]))),
                "o": Out(stream.Signature(Preactivation(config))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._config.layers[-1]

        final = Signal()
        m.d.comb += [
            final.eq(self.o.p.index == layer.outputs - 1),
            self.i.ready.eq(~self.o.valid | (self.o.ready & final)),
        ]

        planes = [Signal(layer.outputs, name=f"plane_{index}") for index in range(layer.count_width)]
        taken = self.i.valid & self.i.ready
        column = column_counter(m, layer, taken)
        with m.If(taken):
            for plane, source in zip(planes, self.i.p.planes, strict=True):
                gather(m, layer, plane, source, column)
            m.d.sync += [
                self.o.valid.eq(1 if column is None else last_beat(layer, column)),
                self.o.p.index.eq(0),
                self.o.p.last.eq(self.i.p.tag.last),
            ]
            if self._config.passes_weighted:
                m.d.sync += self.o.p.weight.eq(self.i.p.tag.weight)
        with m.Elif(self.o.valid & self.o.ready):
            m.d.sync += [
                *(plane.eq(plane >> 1) for plane in planes),
                self.o.valid.eq(~final),
                self.o.p.index.eq(self.o.p.index + 1),
            ]

        count = Cat(plane[0] for plane in planes)
        m.d.comb += self.o.p.z.eq((count << 1) - layer.count_max)

        return m
