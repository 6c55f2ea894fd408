"""Proofs of the self-test."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal, signed
from amaranth.hdl import Assert, Assume, Cover

from ...config import RUN_WIDTH, CoreConfig, SelfTestConfig
from ...config.geometries import geometry
from ...stochastic import SelfTest
from ..bench import Bench
from ..claims import implies, past
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["STATE", "proofs"]

#: State of a self-test beside its outputs.
STATE = ("place", "drops_so_far", "deviation_so_far", "judge", "run", "last")

#: Bits by which the reference sums are wider than the block's.
_SPARE = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.stochastic.self_test.SelfTest`."""
    for base, window_bits in ((geometry("two_passes"), 1), (geometry("padded_small"), 2)):
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


def _watch(config: CoreConfig, self_test: SelfTestConfig, m: Module, dut: SelfTest, internals: Internals) -> None:
    window, k = self_test.window, config.random.draw_bits
    m.d.comb += [Assume(dut.index < config.stochastic.mask_width), Assume(dut.select <= config.stochastic.mask_width)]

    # Draws of the window so far, each sum wider than the block's.
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
        # Inductive invariants.
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
        # Bounds that exclude overflow.
        Assert(shown[1] <= window << k),
        Assert(shown[1] >= -(window << k)),
    ]
