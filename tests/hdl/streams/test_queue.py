import random

import pytest
from amaranth import signed

from hdl.streams import Logit, StreamQueue
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import CONFIGURATIONS, each_stall

each_queue = pytest.mark.parametrize(
    ("depth", "buffered"), [(2, False), (2, True), (3, False), (3, True), (8, False), (8, True)]
)


def run(dut, values, *, send_idle=0, take_idle=0):
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    simulate(
        dut,
        sending(dut.i, values, idle=send_idle),
        taking(dut.o, len(values), idle=take_idle),
        background=[source.watch, out.watch],
    )
    assert out.beats == source.beats == values
    return source, out


@each_queue
@each_stall
def test_every_beat_comes_out_once_and_in_order(depth, buffered, send_idle, take_idle):
    rng = random.Random(f"{depth}-{buffered}")
    dut = StreamQueue(signed(5), depth, buffered=buffered)
    values = [rng.randrange(-16, 16) for _ in range(40)]
    source, out = run(dut, values, send_idle=send_idle, take_idle=take_idle)
    assert out.offered[0] == source.taken[0] + dut.latency
    if not (send_idle or take_idle):
        cycles = 2 if buffered and depth == 2 else 1
        assert source.taken == [source.taken[0] + cycles * beat for beat in range(len(values))]
        assert out.taken == [cycle + dut.latency for cycle in source.taken]


@each_queue
def test_holds_as_many_beats_as_it_is_deep(depth, buffered):
    dut = StreamQueue(4, depth, buffered=buffered)
    monitor = StreamMonitor(dut.i)

    async def offer(ctx):
        ctx.set(dut.i.valid, 1)
        await ctx.tick().repeat(3 * depth)
        assert not ctx.get(dut.i.ready)
        assert len(monitor.beats) == dut.depth == depth

    simulate(dut, offer, background=[monitor.watch])


@each_queue
def test_nothing_waits_for_the_other_side_within_a_cycle(depth, buffered):
    """Neither `valid` nor `ready` of one stream changes with the inputs of the other, whatever is in the queue."""
    dut = StreamQueue(4, depth, buffered=buffered)
    checked = []

    async def testbench(ctx):
        for beats in range(depth + 1):
            shown = set()
            for valid, ready in ((0, 0), (0, 1), (1, 0), (1, 1)):
                ctx.set(dut.i.valid, valid)
                ctx.set(dut.o.ready, ready)
                shown.add((ctx.get(dut.i.ready), ctx.get(dut.o.valid)))
            assert len(shown) == 1
            checked.append(beats)
            ctx.set(dut.o.ready, 0)
            await ctx.tick()
            ctx.set(dut.i.valid, 0)
            await ctx.tick().repeat(3)

    simulate(dut, testbench)
    assert checked == list(range(depth + 1))


def test_carries_structures():
    config = CONFIGURATIONS[-1]
    run(StreamQueue(Logit(config), 2), [{"value": config.logits.lowest, "index": 3, "last": 1}] * 3)


@pytest.mark.parametrize("depth", [1, 0, -1, 2.0, True, "2"])
def test_depths_that_are_none(depth):
    with pytest.raises(ValueError, match=rf"^StreamQueue depth must be an integer of at least 2, not {depth!r}$"):
        StreamQueue(4, depth)
