import itertools
import random

import pytest

from hdl.streams import QueuedBranch
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import CONFIGURATIONS

WIDTH = 5


def random_vectors(config, count):
    rng = random.Random(config.name)
    tags = [{"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)} for _ in range(count)]
    return [{"bits": rng.getrandbits(WIDTH), "tag": tag} for tag in tags]


@pytest.mark.parametrize("config", [CONFIGURATIONS[0], CONFIGURATIONS[3]], ids=lambda config: config.name)
@pytest.mark.parametrize("send_idle", [0, 3])
@pytest.mark.parametrize(("take_idle", "branch_idle"), [*itertools.product([0, 1, 4], repeat=2)])
def test_both_get_every_vector(config, send_idle, take_idle, branch_idle):
    dut = QueuedBranch(config, WIDTH, 3)
    vectors = random_vectors(config, 30)
    source, out, branch = (StreamMonitor(stream) for stream in (dut.i, dut.o, dut.branch))
    simulate(
        dut,
        sending(dut.i, vectors, idle=send_idle),
        taking(dut.o, len(vectors), idle=take_idle),
        taking(dut.branch, len(vectors), idle=branch_idle),
        background=[monitor.watch for monitor in (source, out, branch)],
    )
    assert source.beats == out.beats == vectors
    assert branch.beats == [vector["bits"] for vector in vectors]
    assert out.offered == source.offered
    assert branch.offered[0] == source.offered[0] + 2
    if not (take_idle or branch_idle):
        assert source.taken == out.taken == source.offered


def test_goes_on_until_the_queue_is_full():
    config = CONFIGURATIONS[0]
    dut = QueuedBranch(config, WIDTH, 4)
    monitor = StreamMonitor(dut.o)

    async def offer(ctx):
        ctx.set(dut.o.ready, 1)
        ctx.set(dut.i.valid, 1)
        await ctx.tick().repeat(12)
        assert not ctx.get(dut.i.ready)
        # The vector that the queue has no place for was passed on, and is not passed on again.
        assert not ctx.get(dut.o.valid)
        assert len(monitor.beats) == 5

    simulate(dut, offer, background=[monitor.watch])
