import random

import pytest

from hdl.control import InFlight
from hdl.testing import simulate

from ..configurations import CONFIGURATIONS, by_name


@pytest.mark.parametrize("config", CONFIGURATIONS, ids=by_name)
def test_busy_from_the_start_to_the_last_result(config):
    """A start is told from the next cycle on, as a register tells it; nothing is forgotten with many inputs."""
    rng = random.Random(config.name)
    dut = InFlight(config)
    most = 2 * len(config.layers) + 4
    seen = set()

    async def testbench(ctx):
        inside = 0
        for phase in range(400):
            filling = phase % 40 < 20
            started = inside < most and rng.random() < (0.7 if filling else 0.1)
            done = inside > 0 and rng.random() < (0.1 if filling else 0.7)
            assert ctx.get(dut.busy) == (inside > 0)
            ctx.set(dut.started, started)
            ctx.set(dut.done, done)
            await ctx.tick()
            inside += started - done
            seen.add(inside)

    simulate(dut, testbench)
    assert {0, most} <= seen
