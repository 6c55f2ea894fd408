"""Dropout of activations."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..stochastic import LocalStochasticUnits, Reseed, WatchedDraw
from ..streams import Activations, index_width

__all__ = ["ActivationDropout"]


class ActivationDropout(wiring.Component):
    """Dropout of activations, by a bit per channel.

    A dropped activation is 0, which is −1.

    The local units of the layer draw for each vector, or once for all vectors of a pass, and only when a vector is
    there or surely coming. Combinational from input to output. The bits are there ``layer.local.steps`` cycles after
    the vector or its announcement came, and those of the next drawing ``1 + steps`` cycles after the last vector with
    the ones before was taken.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A hidden layer with local units.

    Members
    -------
    i : :py:`In(stream.Signature(Activations(config, layer.outputs)))`
        Activations at all positions of each pass.
    o : :py:`Out(stream.Signature(Activations(config, layer.outputs)))`
        The same, some dropped.
    coming : :py:`In(1)`
        A vector that was not offered yet will be; it may be told until that is.
    code : :py:`In(draw_bits)`
        Draws below it drop.
    reseed
        As in :class:`LocalStochasticUnits`.
    watched : :py:`Out(WatchedDraw(config)).array(layer.local.units)`
        Draws of each unit. Only where the configuration has a self-test.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        if layer.local is None:
            raise ValueError(f"ActivationDropout layer must have local units, not {layer!r}")
        self._config = config
        self._layer = layer
        self._vectors = layer.vectors // layer.local.drawings
        activations = stream.Signature(Activations(config, layer.outputs))
        watched = {} if config.self_test is None else {"watched": Out(WatchedDraw(config)).array(layer.local.units)}
        super().__init__(
            {
                "i": In(activations),
                "o": Out(activations),
                "coming": In(1),
                "code": In(config.random.draw_bits),
                "reseed": In(Reseed(config.random, layer.local.units)),
                **watched,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.units = units = LocalStochasticUnits(self._config, self._layer, 1)
        wiring.connect(m, wiring.flipped(self.reseed), units.reseed)
        kept = Cat(draw >= self.code for draw in units.draws)
        m.d.comb += [units.values[0].eq(kept), units.demand.eq(self.i.valid | self.coming)]
        if self._config.self_test is not None:
            for unit, watched in enumerate(self.watched):
                m.d.comb += [
                    watched.draw.eq(units.used[unit]),
                    watched.dropped.eq(~units.values[0][unit]),
                    watched.code.eq(self.code),
                ]

        taken = Signal()
        m.d.comb += [
            self.o.valid.eq(self.i.valid & units.drawn.valid),
            self.i.ready.eq(self.o.ready & units.drawn.valid),
            taken.eq(self.o.valid & self.o.ready),
            self.o.p.bits.eq(self.i.p.bits & units.drawn.payload[0]),
            self.o.p.tag.eq(self.i.p.tag),
        ]

        if self._vectors == 1:
            m.d.comb += units.drawn.ready.eq(taken)
        else:
            index = Signal(index_width(self._vectors))
            last = Signal()
            m.d.comb += [last.eq(index == self._vectors - 1), units.drawn.ready.eq(taken & last)]
            with m.If(taken):
                m.d.sync += index.eq(Mux(last, 0, index + 1))

        return m
