import random

import pytest
from amaranth import Module, Signal
from amaranth.sim import Simulator

from cocotb_tests.agents.lanes import from_bits, to_bits
from hdl.lanes import carry_save_sum

LANES = 6


@pytest.mark.parametrize("shape", [(1,), (0, 1), (0, 0, 3), (1, 1, 1), (2, 2, 2), (5, 0, 1, 3), (9, 4, 2, 1)])
def test_adds_words_of_all_weights(shape):
    """The last column drops its carry: the sum is modulo 2^columns."""
    m = Module()
    columns = [[Signal(LANES, name=f"word_{weight}_{index}") for index in range(n)] for weight, n in enumerate(shape)]
    planes = carry_save_sum(m, columns, LANES)
    assert len(planes) == len(shape)
    rng = random.Random(repr(shape))

    async def testbench(ctx):
        for _ in range(30):
            expected = [0] * LANES
            for weight, column in enumerate(columns):
                for signal in column:
                    word = rng.choice([0, 2**LANES - 1, rng.getrandbits(LANES)])
                    ctx.set(signal, word)
                    expected = [
                        total + (bit << weight) for total, bit in zip(expected, to_bits(word, LANES), strict=True)
                    ]
            words = [ctx.get(plane) for plane in planes]
            sums = [from_bits(word >> lane & 1 for word in words) for lane in range(LANES)]
            assert sums == [total % 2 ** len(shape) for total in expected]

    sim = Simulator(m)
    sim.add_testbench(testbench)
    sim.run()
