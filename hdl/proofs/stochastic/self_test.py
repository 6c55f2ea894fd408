"""Proofs of the watch over the sources of randomness."""

from collections.abc import Iterator

from amaranth import Array, Cat, Module, Mux, Signal, signed
from amaranth.hdl import Assert, Assume, Cover, Fragment
from amaranth.lib.wiring import In

from ...config import RUN_WIDTH, CoreConfig, SelfTestConfig
from ...stochastic.self_test import SelfTest, SelfTestPort
from ...stochastic.self_test_bank import SelfTestBank
from ...stochastic.watched_draw import WatchedDraw
from ..bench import Bench
from ..claims import implies, past
from ..geometries import dropping, padded, smallest
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["bank_proofs", "proofs"]

#: Bits that a sum here has more than the block's.
_SPARE = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.stochastic.SelfTest`."""
    for base, window_bits in ((smallest(), 1), (padded(), 2)):
        self_test = SelfTestConfig(window_bits=window_bits, bound=1, drop_run=2, keep_run=3)
        config = base.model_copy(update={"self_test": self_test})
        yield Proof(
            block="self_test",
            name=config.name,
            claim="after each W draws of those that are selected, drops and deviation are those of these W, without "
            "overflow; an alarm is raised two cycles after the draw where |deviation| > 2^k bound, or where the run "
            "has reached its limit, in no other cycle, and stays until it is cleared",
            sizes=f"`{config.name}`: W = {self_test.window}, {config.stochastic.mask_width} layers, "
            f"k = {config.random.draw_bits}, any limits and selection",
            method=Method.INDUCTION,
            bench=lambda config=config, self_test=self_test: Bench(  # type: ignore[misc]
                SelfTest(config), lambda m, dut, internals: _watch(config, self_test, m, dut, internals)
            ),
            cover_depth=2 * self_test.window + 6,
        )


def bank_proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.stochastic.SelfTestBank`."""
    self_test = SelfTestConfig(window_bits=1, bound=1, drop_run=2, keep_run=3)
    for base in (padded(), dropping("spatial-dropout", 1)):
        random = base.random.model_copy(update={"units": 2 if base.stochastic.mask_width else 1})
        config = base.model_copy(update={"self_test": self_test, "random": random})
        units = len(config.stochastic.watched)
        yield Proof(
            block="self_test_bank",
            name=config.name,
            claim="each unit has a self-test of its own, which sees its draws and no others, and the limits of all; "
            "what is shown is that of the chosen unit a cycle ago, an alarm is told where a unit had one a cycle ago, "
            "and all is 0 in the cycle after it was cleared",
            sizes=f"`{config.name}`: {units} units, {config.stochastic.mask_width} mask bits, W = {self_test.window}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                SelfTestBank(config), lambda m, dut, internals: _bank(config, m, dut, internals)
            ),
            cover_depth=2 * self_test.window + 6,
        )


def _bank(config: CoreConfig, m: Module, dut: SelfTestBank, internals: Internals) -> None:
    m.d.comb += Assume(dut.unit < len(config.stochastic.watched))
    members = SelfTestPort(config).members
    shown = [name for name, member in members.items() if member.flow is In]
    # The same beside it, one for each unit.
    alone = []
    for unit, watched in enumerate(dut.units):
        test = SelfTest(config)
        alone.append(test)
        m.submodules[f"alone_{unit}"] = fragment = Fragment.get(test, None)
        m.d.comb += [getattr(test, name).eq(getattr(watched, name)) for name in WatchedDraw(config).members]
        m.d.comb += [getattr(test, name).eq(getattr(dut, name)) for name in members if name not in shown]
        # What is known of the state.
        for name in (*_STATE, *shown):
            m.d.comb += Assert(internals[f"unit_{unit}"].signal(name) == Internals(fragment).signal(name))
    for name in shown:
        chosen = Array(getattr(test, name) for test in alone)[dut.unit]
        m.d.comb += Assert(getattr(dut, name) == past(m, Mux(dut.clear, 0, chosen)))
    alarms = Cat(test.stuck | test.out_of_bounds for test in alone)
    m.d.comb += [
        Assert(dut.alarms == past(m, Mux(dut.clear, 0, alarms))),
        *(Cover(dut.alarms == 1 << unit) for unit in range(len(alone))),
        Cover(dut.alarms.all()),
        Cover(dut.complete & (dut.unit == len(alone) - 1)),
    ]


#: State of a self-test beside what it shows.
_STATE = ("place", "drops_so_far", "deviation_so_far", "judge", "run", "last")


def _watch(config: CoreConfig, self_test: SelfTestConfig, m: Module, dut: SelfTest, internals: Internals) -> None:
    window, k = self_test.window, config.random.draw_bits
    m.d.comb += [Assume(dut.index < config.stochastic.mask_width), Assume(dut.select <= config.stochastic.mask_width)]

    # The draws of the window so far, each sum wider than the block's.
    count = Signal(range(window + 1))
    drops, codes = Signal(range(window + 1)), Signal(config.random.draw_bits + self_test.window_bits + _SPARE)
    monitored, ends = Signal(), Signal()
    m.d.comb += [
        monitored.eq(dut.draw & ((dut.select == 0) | (dut.select == dut.index + 1))),
        ends.eq(monitored & (count == window - 1)),
    ]
    drops_now, codes_now = drops + (monitored & dut.dropped), codes + Mux(monitored, dut.code, 0)
    m.d.sync += [
        count.eq(Mux(dut.clear | ends, 0, count + monitored)),
        drops.eq(Mux(dut.clear | ends, 0, drops_now)),
        codes.eq(Mux(dut.clear | ends, 0, codes_now)),
    ]
    shown = [Signal(range(window + 1)), Signal(signed(config.stochastic.deviation_width + _SPARE)), Signal()]
    for signal, value in zip(shown, (drops_now, (drops_now << k) - codes_now, 1), strict=True):
        m.d.sync += signal.eq(Mux(dut.clear, 0, Mux(ends, value, signal)))
    bad_window = past(m, ends & ~dut.clear) & (abs(shown[1]) > (dut.bound << k))

    # The run that the last draw ends.
    run, last = Signal(range(2**RUN_WIDTH)), Signal()
    longer = Mux(run == 2**RUN_WIDTH - 1, run, run + 1)
    with m.If(dut.clear):
        m.d.sync += [run.eq(0), last.eq(0)]
    with m.Elif(dut.draw):
        m.d.sync += [run.eq(Mux(dut.dropped == last, longer, 1)), last.eq(dut.dropped)]
    limit = Mux(last, dut.drop_run, dut.keep_run)
    bad_run = (limit != 0) & (run >= limit)

    alarms = ((dut.stuck, bad_run), (dut.out_of_bounds, bad_window))
    for alarm, reason in alarms:
        m.d.comb += [
            Assert(alarm == past(m, ~dut.clear & (alarm | reason))),
            Cover(alarm & ~past(m, alarm)),
        ]
    m.d.comb += [
        Assert(dut.drops == shown[0]),
        Assert(dut.deviation == shown[1]),
        Assert(dut.complete == shown[2]),
        Assert(dut.draws == past(m, Mux(dut.clear, 0, dut.draws + dut.draw)[: len(dut.draws)])),
        Cover(dut.complete & (dut.deviation < 0) & (dut.drops != 0)),
        # What is known of the state.
        Assert(internals.signal("place") == count),
        Assert(internals.signal("judge") == past(m, ends & ~dut.clear)),
        Assert(internals.signal("run") == run),
        Assert(internals.signal("last") == last),
        Assert(count < window),
        Assert(drops <= count),
        Assert(codes <= count * (2**k - 1)),
        Assert(shown[0] <= window),
        Assert(implies(run == 0, ~last)),
    ]
    m.d.comb += [
        Assert(internals.signal("drops_so_far") == drops),
        Assert(internals.signal("deviation_so_far") == (drops << k) - codes),
        # Why nothing overflows.
        Assert(shown[1] <= window << k),
        Assert(shown[1] >= -(window << k)),
    ]
