"""The one source of randomness of the whole core."""

from amaranth import Array, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig
from .layouts import index_width
from .lfsr import Lfsr

__all__ = ["StochasticUnit"]


class StochasticUnit(wiring.Component):
    """Draws the mask bits of a pass, one per hidden layer, when the pass is wanted and not before.

    A bit is 0 (scale dropped) where its draw is below the layer's code. One draw a cycle: a mask is
    there ``mask_width`` cycles after it was wanted.

    Parameters
    ----------
    config : :class:`CoreConfig`
        A configuration with a stochastic method.

    Members
    -------
    demand : :py:`In(1)`
        A mask is wanted.
    o : :py:`Out(stream.Signature(mask_width))`
        Masks in the order of their passes; bit ``l`` is for hidden layer ``l``.
    codes : :py:`In(draw_bits).array(mask_width)`
        Drop codes.
    load, seed
        As in :class:`Lfsr`. A mask that was not taken is then thrown away.
    draw, dropped, index, code : :py:`Out(…)`
        Each draw as :class:`~hdl.self_test.SelfTest` takes it. Only where the configuration has a self-test.
    """

    def __init__(self, config: CoreConfig):
        if not config.mask_width:
            raise ValueError(f"StochasticUnit method must be stochastic, not {config.bayes.method!r}")
        self._config = config
        members = {
            "demand": In(1),
            "o": Out(stream.Signature(config.mask_width)),
            "codes": In(config.random.draw_bits).array(config.mask_width),
            "load": In(1),
            "seed": In(config.random.lfsr_width),
        }
        if config.self_test is not None:
            members |= {
                "draw": Out(1),
                "dropped": Out(1),
                "index": Out(index_width(config.mask_width)),
                "code": Out(config.random.draw_bits),
            }
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.lfsr = lfsr = Lfsr(self._config.random)
        m.d.comb += [lfsr.load.eq(self.load), lfsr.seed.eq(self.seed)]

        index = Signal(index_width(self._config.mask_width))
        m.d.comb += lfsr.step.eq(self.demand & ~self.o.valid)
        with m.If(lfsr.step):
            with m.Switch(index):
                for bit, code in enumerate(self.codes):
                    with m.Case(bit):
                        m.d.sync += self.o.payload[bit].eq(lfsr.draw >= code)
            with m.If(index == self._config.mask_width - 1):
                m.d.sync += [index.eq(0), self.o.valid.eq(1)]
            with m.Else():
                m.d.sync += index.eq(index + 1)
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(self.load & self.seed.any()):
            m.d.sync += [index.eq(0), self.o.valid.eq(0)]

        if self._config.self_test is not None:
            m.d.comb += [self.draw.eq(lfsr.step), self.index.eq(index), self.code.eq(Array(self.codes)[index])]
            m.d.comb += self.dropped.eq(lfsr.draw < self.code)

        return m
