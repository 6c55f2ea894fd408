import random

import pytest

from hdl.passes import VectorRepeater
from hdl.testing import simulate

from ..drawn_layers import SMALLEST_DRAWN, drawn_config


@pytest.mark.parametrize("config", [SMALLEST_DRAWN, drawn_config()], ids=["smallest", "padded"])
def test_reads_an_input_once_per_pass(config):
    """Every access is that of the input in the same cycle; only the last of all passes is its last."""
    rng = random.Random(config.name)
    layer = config.layers[0]
    lines = 2**layer.rows_per_read
    for passes in {1, config.bayes.passes, config.bayes.max_passes}:
        dut = VectorRepeater(config)
        done = []

        async def testbench(ctx, dut=dut, passes=passes, done=done):
            ctx.set(dut.passes, passes)
            await ctx.tick()
            for _ in range(3):
                ctx.set(dut.i.valid, 1)
                for number in range(1, passes + 1):
                    for read in range(layer.reads):
                        for _ in range(rng.randrange(2)):
                            ctx.set(dut.o.read, 0)
                            assert ctx.get(dut.o.valid)
                            assert not ctx.get(dut.i.read)
                            await ctx.tick()
                        bits, group, plane = rng.randrange(lines), read % layer.groups, read // layer.groups
                        values = [(dut.o.read, 1), (dut.o.group, group), (dut.o.plane, plane), (dut.i.bits[-1], bits)]
                        for port, value in [*values, (dut.o.done, read == layer.reads - 1)]:
                            ctx.set(port, value)
                        found = [ctx.get(port) for port in (dut.i.read, dut.i.group, dut.i.plane, dut.o.bits[-1])]
                        assert found == [1, group, plane, bits]
                        assert ctx.get(dut.o.tag.last) == (number == passes)
                        done.append(ctx.get(dut.i.done))
                        await ctx.tick()
                        ctx.set(dut.o.read, 0)
                ctx.set(dut.i.valid, 0)
                assert not ctx.get(dut.o.valid)

        simulate(dut, testbench)
        assert done == ([0] * (passes * layer.reads - 1) + [1]) * 3


def test_maps_are_refused():
    config = drawn_config(maps=True)
    expected = rf"^VectorRepeater config must begin with no convolution, not '{config.name}'$"
    with pytest.raises(ValueError, match=expected):
        VectorRepeater(config)
