"""Self-test of a source of randomness."""

from typing import Any

from amaranth import Module, Mux, Signal, Value, signed
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import RUN_WIDTH, CoreConfig
from ..contract import WORD_WIDTH
from .watched_draw import WatchedDraw

__all__ = ["SelfTest", "SelfTestPort"]


class SelfTestPort(wiring.Signature):
    """Limits and findings, from the registers' side.

    Members as in :class:`SelfTest`.

    Parameters
    ----------
    config : :class:`CoreConfig`
        A configuration with a self-test.

    Raises
    ------
    ValueError
        The configuration has no self-test.
    """

    def __init__(self, config: CoreConfig):
        if config.self_test is None:
            raise ValueError("SelfTest config must have a section self_test, not None")
        bound_width = config.self_test.bound_width
        select = {"select": Out(config.stochastic.mask_width.bit_length())} if config.stochastic.mask_width else {}
        super().__init__(
            {
                **select,
                "bound": Out(bound_width),
                "drop_run": Out(RUN_WIDTH),
                "keep_run": Out(RUN_WIDTH),
                "clear": Out(1),
                "draws": In(WORD_WIDTH),
                "drops": In(bound_width),
                "deviation": In(signed(config.stochastic.deviation_width)),
                "complete": In(1),
                "stuck": In(1),
                "out_of_bounds": In(1),
            }
        )


class SelfTest(wiring.Component):
    """Self-test of a stochastic unit against its codes.

    It counts the draws and raises an alarm where they contradict their codes. A window is W draws, for any mask bits:
    each draw adds 2^k if it drops and subtracts its code, so that the sum is 0 on average for any mixture of codes,
    with one accumulator for any number of layers. Runs of equal bits are followed across windows.
    ``golden.draws.self_test`` finds the same in the same draws; ``golden.randomness.self_test_limits`` derives the
    limits from a rate of false alarms.

    One draw a cycle. Numbers are valid one cycle after the draw that changed them, flags two cycles after.

    Parameters
    ----------
    config : :class:`CoreConfig`
        A configuration with a self-test.

    Members
    -------
    draw, dropped, index, code : :py:`In(…)`
        As in :class:`WatchedDraw`.
    select : :py:`In(range(mask_width + 1))`
        Draws that make the windows: 0 for all, ``l + 1`` for those of mask bit ``l`` only. Only in a core with
        masks.
    bound : :py:`In(bound_width)`
        Largest difference between the drops in a window and their expectation that is not out of bounds.
    drop_run, keep_run : :py:`In(16)`
        Run lengths from which on the unit is stuck; 0 for no limit.
    clear : :py:`In(1)`
        Restart: all numbers and flags are 0.
    draws : :py:`Out(32)`
        All draws; wraps to 0 after the largest value.
    drops : :py:`Out(window_bits + 1)`
        Drops in the last full window: W times the estimate of p.
    deviation : :py:`Out(signed(deviation_width))`
        2^k times the drops, less the sum of the codes, in the last full window.
    complete : :py:`Out(1)`
        There was a full window.
    stuck, out_of_bounds : :py:`Out(1)`
        Alarms, which stay until they are cleared.

    Raises
    ------
    ValueError
        The configuration has no self-test.
    """

    def __init__(self, config: CoreConfig):
        port = SelfTestPort(config).flip()
        self._config = config
        super().__init__({**WatchedDraw(config).flip().members, **port.members})

    @property
    def units(self) -> list[Any]:
        """The single watched unit, an interface of :class:`WatchedDraw`."""
        return [self]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        k = self._config.random.draw_bits

        with m.If(self.draw):
            m.d.sync += self.draws.eq(self.draws + 1)

        # State of the current window.
        place = Signal(len(self.drops) - 1)
        drops = Signal.like(self.drops, name="drops_so_far")
        deviation = Signal.like(self.deviation, name="deviation_so_far")
        drops_next, deviation_next = Signal.like(drops), Signal.like(deviation)
        judge = Signal()
        m.d.comb += [
            drops_next.eq(drops + self.dropped),
            deviation_next.eq(deviation + ((self.dropped << k) - self.code)),
        ]
        m.d.sync += judge.eq(0)
        with m.If(self._monitored):
            m.d.sync += [place.eq(place + 1), drops.eq(drops_next), deviation.eq(deviation_next)]
            with m.If(place.all()):
                m.d.sync += [
                    self.drops.eq(drops_next),
                    self.deviation.eq(deviation_next),
                    self.complete.eq(1),
                    drops.eq(0),
                    deviation.eq(0),
                    judge.eq(1),
                ]
        with m.If(judge & (abs(self.deviation) > (self.bound << k))):
            m.d.sync += self.out_of_bounds.eq(1)

        run = Signal(RUN_WIDTH)
        last = Signal()
        limit = Signal(RUN_WIDTH)
        with m.If(self.draw):
            m.d.sync += last.eq(self.dropped)
            with m.If(self.dropped != last):
                m.d.sync += run.eq(1)
            with m.Elif(~run.all()):
                m.d.sync += run.eq(run + 1)
        m.d.comb += limit.eq(Mux(last, self.drop_run, self.keep_run))
        with m.If((limit != 0) & (run >= limit)):
            m.d.sync += self.stuck.eq(1)

        with m.If(self.clear):
            m.d.sync += [signal.eq(0) for signal in (place, drops, deviation, judge, run, last)]
            shown = (self.draws, self.drops, self.deviation, self.complete, self.stuck, self.out_of_bounds)
            m.d.sync += [signal.eq(0) for signal in shown]

        return m

    @property
    def _monitored(self) -> Value:
        """Return whether this draw belongs to the windows."""
        if not self._config.stochastic.mask_width:
            return self.draw
        return self.draw & ((self.select == 0) | (self.select == self.index + 1))
