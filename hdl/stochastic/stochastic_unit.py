"""Shared source of randomness of the core."""

from typing import Any

from amaranth import Array, Const, Module, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import index_width
from .lfsr import Lfsr
from .watched_draw import WatchedDraw

__all__ = ["StochasticUnit"]


class StochasticUnit(wiring.Component):
    """Shared stochastic unit that draws masks on demand.

    One mask bit per hidden layer: a bit is 0 (scale dropped) where its draw is below the layer's code.
    ``shared_units`` registers draw in parallel, once a cycle: register u for mask bits u, u + ``shared_units`` and so
    on, all together also where fewer bits are left. A mask is valid ``mask_steps`` cycles after it was requested, plus
    the cycles in which an external draw was missing.

    Parameters
    ----------
    config : :class:`CoreConfig`
        A configuration with a stochastic method.

    Members
    -------
    demand : :py:`In(1)`
        A mask is requested.
    o : :py:`Out(stream.Signature(mask_width))`
        Masks in the order of their passes; bit ``l`` is for hidden layer ``l``.
    codes : :py:`In(draw_bits).array(mask_width)`
        Drop codes.
    load : :py:`In(shared_units)`
        Bit ``u`` as ``load`` of :class:`Lfsr` in register ``u``. A mask that was not taken is then discarded.
    seed : :py:`In(lfsr_width)`
        As in :class:`Lfsr`.
    entropy : :py:`In(stream.Signature(entropy_width))`
        External draws: each beat holds one for each register there would be, the first in the lowest bits. A requested
        mask takes as many beats as registers would draw, and draws without a mask bit are unused; a load of a seed that
        is not 0 only restarts the mask.
    draw, dropped, index, code : :py:`Out(…)`
        As in :class:`WatchedDraw`. Only where the configuration has a self-test.
    drawn : :py:`Out(WatchedDraw(config)).array(shared_units)`
        Replaces the four, where there are several registers: one interface for each.
    """

    def __init__(self, config: CoreConfig):
        if not config.stochastic.mask_width:
            raise ValueError(f"StochasticUnit method must be stochastic, not {config.bayes.method!r}")
        self._config = config
        members = {
            "demand": In(1),
            "o": Out(stream.Signature(config.stochastic.mask_width)),
            "codes": In(config.random.draw_bits).array(config.stochastic.mask_width),
            "load": In(config.stochastic.shared),
            "seed": In(config.random.lfsr_width),
        }
        if config.stochastic.external:
            members["entropy"] = In(stream.Signature(config.stochastic.entropy_width))
        if config.self_test is not None:
            draw = WatchedDraw(config)
            members |= (
                draw.members if config.stochastic.shared == 1 else {"drawn": Out(draw).array(config.stochastic.shared)}
            )
        super().__init__(members)

    @property
    def watched(self) -> list[Any]:
        """Watched draws of each register, interfaces of :class:`WatchedDraw`."""
        return [self] if self._config.stochastic.shared == 1 else list(self.drawn)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        step, draws = self._source(m)

        index = Signal(index_width(self._config.stochastic.mask_steps))
        bits = list(zip(self.o.payload, self.codes, strict=True))
        with m.If(step):
            with m.Switch(index):
                for place, first in enumerate(range(0, len(bits), len(draws))):
                    with m.Case(place):
                        for draw, (bit, code) in zip(draws, bits[first:], strict=False):
                            m.d.sync += bit.eq(draw >= code)
            with m.If(index == self._config.stochastic.mask_steps - 1):
                m.d.sync += [index.eq(0), self.o.valid.eq(1)]
            with m.Else():
                m.d.sync += index.eq(index + 1)
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(self._loaded & self.seed.any()):
            m.d.sync += [index.eq(0), self.o.valid.eq(0)]

        if self._config.self_test is not None:
            for unit, (watched, draw) in enumerate(zip(self.watched, draws, strict=True)):
                self._show(m, unit, watched, draw, step=step, index=index)

        return m

    def _show(self, m: Module, unit: int, watched: Any, draw: Value, *, step: Value, index: Signal) -> None:
        """Show the draws of register ``unit``, except those without a mask bit."""
        units, steps = self._config.stochastic.shared, self._config.stochastic.mask_steps
        bits = range(unit, self._config.stochastic.mask_width, units)
        m.d.comb += [
            watched.draw.eq(step if len(bits) == steps else step & (index != steps - 1)),
            watched.index.eq(index if units == 1 else Array(Const(bit) for bit in bits)[index]),
            watched.code.eq(Array(self.codes[bit] for bit in bits)[index]),
        ]
        m.d.comb += watched.dropped.eq(draw < watched.code)

    @property
    def _loaded(self) -> Value:
        """Return whether any register is loaded."""
        return self.load if self._config.stochastic.shared == 1 else self.load.any()

    def _source(self, m: Module) -> tuple[Value, list[Value]]:
        """Connect the source of draws; return whether they are consumed in this cycle, and one of each register."""
        wanted = self.demand & ~self.o.valid
        if self._config.stochastic.external:
            # A draw that came with a load would be for a mask that is discarded.
            m.d.comb += self.entropy.ready.eq(wanted & ~(self._loaded & self.seed.any()))
            beat, units = self.entropy.payload, self._config.stochastic.shared
            given = [beat.word_select(unit, self._config.random.draw_bits) for unit in range(units)]
            return self.entropy.valid & self.entropy.ready, given
        random = self._config.random
        registers = []
        for unit, seed in enumerate(self._config.stochastic.seeds(random.seed)[: self._config.stochastic.shared]):
            lfsr = Lfsr(random.model_copy(update={"seed": seed}))
            m.submodules[f"lfsr_{unit}" if unit else "lfsr"] = lfsr
            m.d.comb += [lfsr.load.eq(self.load[unit]), lfsr.seed.eq(self.seed), lfsr.step.eq(wanted)]
            registers.append(lfsr)
        return registers[0].step, [lfsr.draw for lfsr in registers]
