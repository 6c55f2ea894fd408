"""Pseudo-random bits."""

import functools
import operator

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import RandomConfig

__all__ = ["Lfsr"]


class Lfsr(wiring.Component):
    """Maximal-length Fibonacci LFSR.

    It shifts ``draw_bits`` times in one step.

    Successive draws share no bit. ``golden.draws.lfsr`` gives the same sequence. One draw a cycle.

    Parameters
    ----------
    random : :class:`RandomConfig`
        Width, taps and seed.

    Members
    -------
    step : :py:`In(1)`
        Advance to the next draw.
    load : :py:`In(1)`
        Restart from ``seed``, unless it is 0, which would stay 0 for ever.
    seed : :py:`In(lfsr_width)`
        State to load.
    draw : :py:`Out(draw_bits)`
        The draw that ``step`` consumes, combinationally from the state.
    """

    def __init__(self, random: RandomConfig):
        self._random = random
        super().__init__(
            {
                "step": In(1),
                "load": In(1),
                "seed": In(random.lfsr_width),
                "draw": Out(random.draw_bits),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        state = Signal(self._random.lfsr_width, init=self._random.seed)

        # Each bit of the state, now and after every shift, is an exclusive-or of bits of `state`, which
        # the set lists. A bit that occurs twice cancels.
        bits = [frozenset({index}) for index in range(len(state))]
        for _ in range(self._random.draw_bits):
            feedback = functools.reduce(operator.xor, (bits[stage - 1] for stage in self._random.taps))
            bits = [feedback, *bits[:-1]]
        following = Signal.like(state)
        for target, sources in zip(following, bits, strict=True):
            m.d.comb += target.eq(functools.reduce(operator.xor, (state[source] for source in sorted(sources))))

        m.d.comb += self.draw.eq(following)
        with m.If(self.load & self.seed.any()):
            m.d.sync += state.eq(self.seed)
        with m.Elif(self.step):
            m.d.sync += state.eq(following)

        return m
