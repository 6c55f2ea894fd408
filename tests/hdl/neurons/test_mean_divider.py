import random

import pytest
from amaranth.utils import ceil_log2

from hdl.neurons import MeanDivider
from hdl.testing import pause, simulate


@pytest.mark.parametrize(("width", "divisor"), [(1, 1), (1, 3), (4, 2), (4, 3), (5, 7), (6, 8), (7, 48), (9, 250)])
@pytest.mark.parametrize("idle", [0, 3])
def test_quotients(width, divisor, idle):
    rng = random.Random(f"{width}-{divisor}")
    dut = MeanDivider(width, divisor)
    largest = divisor * 2**width - 1
    dividends = [0, largest, divisor - 1, divisor, *(rng.randint(0, largest) for _ in range(20))]
    power = divisor == 2 ** ceil_log2(divisor)
    assert dut.cycles == (0 if power else width)
    found = []

    async def testbench(ctx):
        for dividend in dividends:
            ctx.set(dut.dividend, dividend)
            ctx.set(dut.start, 1)
            await ctx.tick()
            ctx.set(dut.start, 0)
            ctx.set(dut.dividend, rng.randint(0, largest))
            for _ in range(dut.cycles):
                assert not ctx.get(dut.ready)
                await ctx.tick()
            await pause(ctx, rng.randint(0, idle))
            assert ctx.get(dut.ready)
            found.append(ctx.get(dut.quotient))

    simulate(dut, testbench)
    assert found == [dividend // divisor for dividend in dividends]
