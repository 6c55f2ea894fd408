import random

import pytest

from hdl.results.predictive import Divider
from hdl.testing import StreamMonitor, sending, simulate, taking

from ...configurations import each_stall

#: Bits of numerator, denominator and quotient, and of the quotient those that are found in a cycle.
each_size = pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (6, 4, 4, 2), (7, 4, 5, 2), (35, 21, 18, 2), (9, 3, 9, 4)])


def fractions(rng, sizes, count=40):
    """Return fractions whose quotients fit, the largest and the smallest among them."""
    numerator, denominator, quotient, _ = sizes
    found = []
    for number in range(count):
        divisor = (1, 2**denominator - 1, rng.randrange(1, 2**denominator))[number % 3]
        highest = min((divisor << quotient) - 1, 2**numerator - 1)
        found.append((rng.choice((0, highest, rng.randint(0, highest))), divisor))
    return found


@each_size
@each_stall
def test_divides(sizes, send_idle, take_idle):
    dut = Divider(*sizes[:-1], bits_per_cycle=sizes[-1])
    given = fractions(random.Random(f"{sizes}"), sizes)
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    payloads = [{"numerator": numerator, "denominator": denominator} for numerator, denominator in given]
    simulate(
        dut,
        sending(dut.i, payloads, idle=send_idle),
        taking(dut.o, len(given), idle=take_idle),
        background=[source.watch, out.watch],
    )
    assert out.beats == [numerator // denominator for numerator, denominator in given]
    if not take_idle:
        assert out.offered == [cycle + dut.cycles for cycle in source.taken]
        if not send_idle:
            assert source.taken == [index * dut.cycles for index in range(len(given))]
