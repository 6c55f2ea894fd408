import random

import pytest

from cocotb_tests.agents.lanes import to_lanes, to_planes
from hdl.lanes import AgreementCounter, Popcount
from hdl.testing import simulate

#: Seed of the bits that the words are compared with.
SEED = 7


def run(component, words, lanes, vectors):
    """Count each of ``vectors``, which have a number of ``words`` bits per lane: where they agree."""
    dut = component(words, lanes)
    rng = random.Random(SEED)
    compared = 0

    async def testbench(ctx):
        nonlocal compared
        for numbers in vectors:
            bits = rng.getrandbits(words)
            opposite = 2**words - 1 - bits
            ctx.set(dut.bits, bits)
            for port, word in zip(dut.words, to_planes([number ^ opposite for number in numbers], words), strict=True):
                ctx.set(port, word)
            counts = to_lanes([ctx.get(plane) for plane in dut.count], lanes)
            assert counts == [number.bit_count() for number in numbers]
            compared += 1

    simulate(dut, testbench)
    assert compared == len(vectors) > 0


@pytest.mark.parametrize("component", [AgreementCounter, Popcount])
@pytest.mark.parametrize("words", range(1, 11))
def test_every_combination(component, words):
    run(component, words, 2**words, [range(2**words)])


@pytest.mark.parametrize(
    ("component", "words", "lanes"),
    [
        *((AgreementCounter, words, lanes) for words, lanes in [(1, 1), (2, 3), (17, 5), (31, 2)]),
        # One counter; one adder with one and with two counters; two levels of adders.
        *((Popcount, words, lanes) for words, lanes in [(31, 3), (32, 2), (33, 2), (64, 2), (100, 1), (128, 1)]),
    ],
)
def test_many_words(component, words, lanes):
    rng = random.Random(f"{words}x{lanes}")
    vectors = [[2**words - 1] * lanes, [0] * lanes]
    run(component, words, lanes, vectors + [[rng.getrandbits(words) for _ in range(lanes)] for _ in range(20)])
