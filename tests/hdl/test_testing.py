"""Tests of the test helpers.

No test of a block would find an error that they pass.
"""

import pytest
from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import Out

from hdl.streams import Logit, Tee
from hdl.testing import StreamMonitor, pause, plain, sending, simulate, stream_put, taking

from .configurations import SMALLEST


def script(dut, *cycles):
    """Return a testbench that sets payload and valid of the input in each cycle."""

    async def testbench(ctx):
        for payload, valid in cycles:
            ctx.set(dut.i.payload, payload)
            ctx.set(dut.i.valid, valid)
            await ctx.tick()

    return testbench


@pytest.mark.parametrize(
    ("cycles", "message"),
    [
        ([(1, 1), (1, 0)], r"^a beat went away in cycle 1$"),
        ([(0, 0), (1, 1), (0, 1)], r"^a waiting beat must stay 1, not become 0, in cycle 2$"),
    ],
)
def test_monitor_insists_on_the_stream_rules(cycles, message):
    dut = Tee(1)
    monitor = StreamMonitor(dut.i)
    with pytest.raises(AssertionError, match=message):
        simulate(dut, script(dut, *cycles, (0, 0)), background=[monitor.watch])


def test_monitor_counts_cycles():
    dut = Tee(2)
    source, first = StreamMonitor(dut.i), StreamMonitor(dut.first)
    takers = [taking(dut.first, 2, idle=2), taking(dut.second, 2)]
    simulate(dut, sending(dut.i, [3, 1], idle=1), *takers, background=[source.watch, first.watch])
    assert first.beats == source.beats == [3, 1]
    assert source.offered == [1, 4]
    assert source.taken == first.taken == [2, 5]


def test_monitor_sees_what_is_too_much():
    dut = Tee(2)
    first = StreamMonitor(dut.first)
    takers = [taking(dut.first, 2), taking(dut.second, 3)]
    simulate(dut, sending(dut.i, [3, 1, 2]), *takers, background=[first.watch])
    assert first.beats == [3, 1, 2]


def test_deadlock_is_a_failure():
    dut = Tee(1)
    with pytest.raises(TimeoutError, match=r"^Tee did not finish in 50 cycles$"):
        simulate(dut, sending(dut.i, [1]), max_cycles=50)


def test_background_fails_the_test():
    dut = Tee(1)

    async def watch(ctx):
        await ctx.tick()
        raise AssertionError("seen")

    async def testbench(ctx):
        await pause(ctx, 5)
        await stream_put(ctx, dut.i, 1)

    with pytest.raises(AssertionError, match=r"^seen$"):
        simulate(dut, testbench, background=[watch])


def test_combinational_components_need_no_clock():
    class Constant(wiring.Component):
        o: Out(stream.Signature(Logit(SMALLEST)))

        def elaborate(self, _platform):
            m = Module()
            m.d.comb += self.o.p.eq(Logit(SMALLEST).const({"value": -3, "index": 1, "last": 0}))
            return m

    dut = Constant()
    found = []

    async def testbench(ctx):
        found.append(plain(ctx.get(dut.o.payload)))

    simulate(dut, testbench)
    assert found == [{"value": -3, "index": 1, "last": 0}]


@pytest.mark.parametrize("cycles", [0, 1, 3])
def test_pause(cycles):
    dut = Tee(1)
    monitor = StreamMonitor(dut.i)

    async def testbench(ctx):
        await pause(ctx, cycles)
        ctx.set(dut.i.valid, 1)
        await ctx.tick()

    simulate(dut, testbench, background=[monitor.watch])
    assert monitor.offered == [cycles]
