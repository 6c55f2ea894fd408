"""Comparison with the mean."""

from amaranth import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..streams import Activations, column_counter, gather, last_beat
from .affine_transform import transformed_width
from .mean_unit import Mean

__all__ = ["MeanComparator"]


class MeanComparator(wiring.Component):
    """Comparator of the values of a map with their mean.

    An activation is 1 where the value is not less than the mean. A serial comparison in each lane. Takes a mean, and
    from the next cycle on a plane a cycle; the activations of a vector are there in the cycle after its last plane was
    taken, and that plane waits while those before are refused. The next mean is taken in the cycle after the last plane
    of the map or later. No input depends combinationally on ``o.ready``.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A hidden layer with `gains` and `constants`.

    Members
    -------
    mean : :py:`In(stream.Signature(Mean(config, layer)))`
        Means.
    i : :py:`In(stream.Signature(layer.beat_outputs))`
        Planes of one vector, or beat, after the other, the lowest first.
    o : :py:`Out(stream.Signature(Activations(config, layer.outputs)))`
        Activations of one position after the other.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        self._layer = layer
        self._width = transformed_width(layer)
        super().__init__(
            {
                "mean": In(stream.Signature(Mean(config, layer))),
                "i": In(stream.Signature(layer.beat_outputs)),
                "o": Out(stream.Signature(Activations(config, layer.outputs))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer

        comparing = Signal()
        plane = Signal(range(self._width))
        position = Signal(range(layer.beats + 1))
        highest = Signal()
        take = Signal()
        m.d.comb += [
            highest.eq(plane == self._width - 1),
            self.mean.ready.eq(~comparing),
            self.i.ready.eq(comparing & ~(highest & self.o.valid)),
            take.eq(self.i.valid & self.i.ready),
        ]

        # The mean rotates with the planes.
        mean = Signal(self._width)
        tag = Signal.like(self.mean.p.tag)
        with m.If(self.mean.valid & self.mean.ready):
            m.d.sync += [comparing.eq(1), mean.eq(self.mean.p.value), tag.eq(self.mean.p.tag)]
        with m.If(take):
            m.d.sync += [mean.eq(mean.rotate_right(1)), plane.eq(Mux(highest, 0, plane + 1))]
            with m.If(highest):
                m.d.sync += position.eq(position + 1)
                with m.If(position == layer.beats - 1):
                    m.d.sync += [position.eq(0), comparing.eq(0)]

        below = Signal(layer.beat_outputs, init=-1)
        fires = Signal(layer.beat_outputs)
        m.d.comb += fires.eq(Mux(mean[0], self.i.payload & below, self.i.payload | below))
        with m.If(take):
            m.d.sync += below.eq(Mux(highest, below.init, fires))
        column = column_counter(m, layer, take & highest)
        with m.If(take & highest):
            m.d.sync += self.o.valid.eq(1 if column is None else last_beat(layer, column))
            gather(m, layer, self.o.p.bits, fires, column)
            m.d.sync += self.o.p.tag.eq(tag)
        with m.Elif(self.o.ready):
            m.d.sync += self.o.valid.eq(0)

        return m
