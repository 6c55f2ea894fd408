import random

import pytest

from cocotb_tests.agents.lanes import to_bits, to_lanes, to_planes
from hdl.lanes import Adder
from hdl.testing import simulate

LANES = 16


@pytest.mark.parametrize("agreement", [False, True])
@pytest.mark.parametrize("width", [1, 2, 5, 9])
def test_adds_in_every_lane(width, agreement):
    dut = Adder(width, LANES, agreement=agreement)
    rng = random.Random(f"{width}-{agreement}")
    top = 2**width - 1
    compared = 0

    async def testbench(ctx):
        nonlocal compared
        for _ in range(40):
            a, b = ([rng.choice([0, top, rng.randint(0, top)]) for _ in range(LANES)] for _ in range(2))
            for ports, numbers in ((dut.a, a), (dut.b, b)):
                for port, plane in zip(ports, to_planes(numbers, width), strict=True):
                    ctx.set(port, plane)
            more = [0] * LANES
            if agreement:
                bit, word = rng.getrandbits(1), rng.getrandbits(LANES)
                ctx.set(dut.x, bit)
                ctx.set(dut.w, word)
                more = [int(each == bit) for each in to_bits(word, LANES)]
            sums = to_lanes([ctx.get(plane) for plane in dut.sum], LANES)
            assert sums == [sum(each) for each in zip(a, b, more, strict=True)]
            compared += LANES

    simulate(dut, testbench)
    assert compared == 40 * LANES
