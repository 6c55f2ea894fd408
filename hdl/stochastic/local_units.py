"""Local stochastic units of a layer."""

from amaranth import Cat, Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer, RandomConfig
from ..streams import index_width
from .lfsr import Lfsr

__all__ = ["LocalStochasticUnits", "Reseed"]


class Reseed(wiring.Signature):
    """Seeding of the stochastic units of a layer.

    Members
    -------
    load : :py:`Out(units)`
        Bit ``u`` lets unit ``u`` start from ``seed``.
    seed : :py:`Out(lfsr_width)`
        State to load; 0 is ignored.
    """

    def __init__(self, random: RandomConfig, units: int):
        super().__init__({"load": Out(units), "seed": Out(random.lfsr_width)})


class LocalStochasticUnits(wiring.Component):
    """Local stochastic units that draw on demand.

    One value for each channel of the layer. All units draw in the same cycle, unit ``u`` for channels u, u + units and
    so on; the enclosing block maps draws to values. The values are valid ``layer.local.steps`` cycles after they were
    requested, and the next can be requested in the cycle after they were taken.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A layer with local units.
    width : :class:`int`
        Bits of a value.

    Members
    -------
    demand : :py:`In(1)`
        Values are requested.
    drawn : :py:`Out(stream.Signature(data.ArrayLayout(channels, width)))`
        Bit ``c`` of plane ``i`` is bit ``i`` of the value of channel ``c``.
    draws : :py:`Out(draw_bits).array(units)`
        Present draw of each unit.
    values : :py:`In(units).array(width)`
        Value of each draw, combinationally: bit ``u`` of plane ``i`` is bit ``i`` of the value of unit ``u``.
    reseed : :py:`In(Reseed(random, units))`
        Seeds. Nothing is drawn in the cycle of a load, and values that were not taken are discarded.
    used : :py:`Out(units)`
        Unit ``u`` draws in this cycle, and a channel uses it. Only where the configuration has a self-test.
    """

    def __init__(self, config: CoreConfig, layer: Layer, width: int):
        if layer.local is None:
            raise ValueError(f"LocalStochasticUnits layer must have local units, not {layer!r}")
        self._random = config.random
        self._watched = config.self_test is not None
        self._local = local = layer.local
        first = config.stochastic.first(layer)
        self._seeds = config.stochastic.seeds(config.random.seed)[first : first + local.units]
        super().__init__(
            {
                "demand": In(1),
                "drawn": Out(stream.Signature(data.ArrayLayout(local.channels, width))),
                "draws": Out(config.random.draw_bits).array(local.units),
                "values": In(local.units).array(width),
                "reseed": In(Reseed(config.random, local.units)),
                **({"used": Out(local.units)} if self._watched else {}),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        local = self._local

        loads = Signal()
        step = Signal()
        m.d.comb += [
            loads.eq(self.reseed.load.any() & self.reseed.seed.any()),
            step.eq(self.demand & ~self.drawn.valid & ~loads),
        ]
        for unit, seed in enumerate(self._seeds):
            m.submodules[f"lfsr_{unit}"] = lfsr = Lfsr(self._random.model_copy(update={"seed": seed}))
            m.d.comb += [
                lfsr.step.eq(step),
                lfsr.load.eq(self.reseed.load[unit]),
                lfsr.seed.eq(self.reseed.seed),
                self.draws[unit].eq(lfsr.draw),
            ]

        # The values of a step enter at the top; at the end those of the first step have moved to the bottom.
        for plane, (bits, values) in enumerate(zip(self.drawn.payload, self.values, strict=True)):
            held = Signal(local.steps * local.units, name=f"held_{plane}")
            with m.If(step):
                m.d.sync += held.eq(Cat(held[local.units :], values))
            m.d.comb += bits.eq(held)

        index = Signal(index_width(local.steps))
        if self._watched:
            # Units that have a channel in the last step, too.
            always = local.channels - (local.steps - 1) * local.units
            others = step & (index != local.steps - 1)
            m.d.comb += self.used.eq(Cat(step if unit < always else others for unit in range(local.units)))
        with m.If(loads):
            m.d.sync += [index.eq(0), self.drawn.valid.eq(0)]
        with m.Elif(step):
            with m.If(index == local.steps - 1):
                m.d.sync += [index.eq(0), self.drawn.valid.eq(1)]
            with m.Else():
                m.d.sync += index.eq(index + 1)
        with m.Elif(self.drawn.valid & self.drawn.ready):
            m.d.sync += self.drawn.valid.eq(0)

        return m
