import random

import pytest

from cocotb_tests.lanes import to_lanes, to_planes
from hdl.popcount import Popcount
from hdl.testing import simulate


def run(words, lanes, vectors):
    """Count each of ``vectors``, which have a number of ``words`` bits per lane."""
    dut = Popcount(words, lanes)
    compared = 0

    async def testbench(ctx):
        nonlocal compared
        for numbers in vectors:
            for port, word in zip(dut.i, to_planes(numbers, words), strict=True):
                ctx.set(port, word)
            counts = to_lanes([ctx.get(plane) for plane in dut.o], lanes)
            assert counts == [number.bit_count() for number in numbers]
            compared += 1

    simulate(dut, testbench)
    assert compared == len(vectors) > 0


@pytest.mark.parametrize("words", range(1, 11))
def test_every_combination(words):
    run(words, 2**words, [range(2**words)])


@pytest.mark.parametrize(("words", "lanes"), [(1, 1), (2, 3), (17, 5), (64, 2)])
def test_many_words(words, lanes):
    rng = random.Random(f"{words}x{lanes}")
    vectors = [[2**words - 1] * lanes, [0] * lanes]
    run(words, lanes, vectors + [[rng.getrandbits(words) for _ in range(lanes)] for _ in range(20)])
