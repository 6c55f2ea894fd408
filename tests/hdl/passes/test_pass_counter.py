import random

import pytest

from hdl.passes import PassCounter
from hdl.testing import pause, simulate

from ..configurations import CONFIGURATIONS, by_name


@pytest.mark.parametrize("config", CONFIGURATIONS, ids=by_name)
@pytest.mark.parametrize("idle", [0, 3])
def test_tells_the_last_pass(config, idle):
    """In every input of some, whatever the number of passes, which may change between two inputs."""
    rng = random.Random(f"{config.name}-{idle}")
    most = config.bayes.max_passes
    inputs = [1, most, 1, *(rng.randint(1, most) for _ in range(6))]
    dut = PassCounter(config)
    told = []

    async def testbench(ctx):
        for passes in inputs:
            ctx.set(dut.passes, passes)
            await ctx.tick()
            for _ in range(passes):
                await pause(ctx, rng.randint(0, idle))
                told.append(ctx.get(dut.last))
                ctx.set(dut.step, 1)
                await ctx.tick()
                ctx.set(dut.step, 0)

    simulate(dut, testbench)
    assert told == [number == passes for passes in inputs for number in range(1, passes + 1)]
