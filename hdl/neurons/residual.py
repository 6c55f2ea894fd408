"""Residual connection around convolutions."""

from amaranth import Const, Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..lanes import Adder
from ..streams import Counts, beat_of, column_counter, last_beat

__all__ = ["Residual"]


class Residual(wiring.Component):
    """Adder of a residual to a convolution's counts.

    The activations of an earlier layer are added, times `skip_gain`. Combinational. Where groups of columns are beats,
    the activations are taken with the last.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A convolution with ``skip``; its ``count_width`` has room for the sum.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, layer)))`
        Counts of the convolution.
    skip : :py:`In(stream.Signature(outputs))`
        Activations for the same positions, in the same order.
    o : :py:`Out(stream.Signature(Counts(config, layer)))`
        Their sums, with the tags of the counts.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        if layer.skip is None:
            raise ValueError(f"Residual layer must have a skip, not {layer!r}")
        self._layer = layer
        counts = stream.Signature(Counts(config, layer))
        super().__init__({"i": In(counts), "skip": In(stream.Signature(layer.outputs)), "o": Out(counts)})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer

        m.submodules.adder = adder = Adder(layer.count_width, layer.beat_outputs)
        taken = self.i.valid & self.o.ready
        column = column_counter(m, layer, taken & self.skip.valid)
        m.d.comb += [
            self.o.valid.eq(self.i.valid & self.skip.valid),
            self.i.ready.eq(self.skip.valid & self.o.ready),
            self.skip.ready.eq(taken if column is None else taken & last_beat(layer, column)),
            self.o.p.tag.eq(self.i.p.tag),
        ]
        skipped = beat_of(layer, self.skip.payload, column)
        for plane, (count, total) in enumerate(zip(self.i.p.planes, self.o.p.planes, strict=True)):
            added = skipped if layer.skip_gain >> plane & 1 else Const(0, layer.beat_outputs)
            m.d.comb += [adder.a[plane].eq(count), adder.b[plane].eq(added), total.eq(adder.sum[plane])]
        return m
