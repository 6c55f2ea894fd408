import itertools
import random

import pytest
from amaranth import signed

from hdl.streams import Logit, Tee
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import CONFIGURATIONS


@pytest.mark.parametrize("send_idle", [0, 3])
@pytest.mark.parametrize(("first_idle", "second_idle"), [*itertools.product([0, 1, 4], repeat=2)])
def test_both_readers_get_everything(send_idle, first_idle, second_idle):
    rng = random.Random(f"{send_idle}-{first_idle}-{second_idle}")
    dut = Tee(signed(5))
    values = [rng.randrange(-16, 16) for _ in range(30)]
    source, first, second = (StreamMonitor(stream) for stream in (dut.i, dut.first, dut.second))
    takers = [
        taking(stream, len(values), idle=idle) for stream, idle in ((dut.first, first_idle), (dut.second, second_idle))
    ]

    monitors = [monitor.watch for monitor in (source, first, second)]
    simulate(dut, sending(dut.i, values, idle=send_idle), *takers, background=monitors)

    assert first.beats == second.beats == source.beats == values
    # Taken when the slower reader takes it, seen by both when it is offered.
    assert source.taken == [max(cycles) for cycles in zip(first.taken, second.taken, strict=True)]
    assert first.offered == second.offered == source.offered
    if not (first_idle or second_idle):
        assert source.taken == source.offered


def test_carries_structures():
    config = CONFIGURATIONS[-1]
    dut = Tee(Logit(config))
    beats = [{"value": config.logits.lowest, "index": 3, "last": 1}, {"value": 5, "index": 0, "last": 0}]
    first, second = StreamMonitor(dut.first), StreamMonitor(dut.second)
    takers = [taking(stream, len(beats)) for stream in (dut.first, dut.second)]
    simulate(dut, sending(dut.i, beats), *takers, background=[first.watch, second.watch])
    assert first.beats == second.beats == beats


@pytest.mark.parametrize("send_idle", [0, 3])
@pytest.mark.parametrize("second_idle", [0, 4])
def test_one_reader_alone(send_idle, second_idle):
    """The first reader gets nothing, and is not waited for."""
    dut = Tee(signed(5))
    values = list(range(-16, 16))
    first, second = StreamMonitor(dut.first), StreamMonitor(dut.second)

    async def switch(ctx):
        ctx.set(dut.only_second, 1)

    simulate(
        dut,
        switch,
        sending(dut.i, values, idle=send_idle),
        taking(dut.second, len(values), idle=second_idle),
        background=[first.watch, second.watch],
    )
    assert first.offered == []
    assert second.beats == values
