import random

import pytest

from hdl.axi import PacketOutput
from hdl.streams import Logit, Result
from hdl.testing import plain, sending, simulate

from ..configurations import each_configuration, each_stall


@each_configuration
@each_stall
@pytest.mark.parametrize("kind", [Logit, Result])
def test_sends_beats_as_packets(config, send_idle, take_idle, kind):
    rng = random.Random(f"{config.name}-{send_idle}-{take_idle}")
    layout = kind(config)
    dut = PacketOutput(config, layout)
    passes, classes = (3 if kind is Logit else 1), config.network.classes
    beats, expected = [], []
    for _ in range(4):
        for number in range(passes):
            for index in range(classes):
                bits = rng.getrandbits(layout.size)
                beat = plain(layout.from_bits(bits)) | {"index": index}
                if kind is Logit:
                    beat["last"] = int(number == passes - 1)
                beats.append(beat)
                ends = number == passes - 1 and index == classes - 1
                expected.append((layout.const(beat).as_bits(), int(ends)))
    found = []
    bus = dut.bus

    async def take(ctx):
        for _ in expected:
            for _ in range(take_idle):
                await ctx.tick()
            ctx.set(bus.tready, 1)
            found.append(await ctx.tick().sample(bus.tdata, bus.tlast).until(bus.tvalid))
            ctx.set(bus.tready, 0)

    simulate(dut, sending(dut.i, beats, idle=send_idle), take)
    assert [tuple(each) for each in found] == expected
