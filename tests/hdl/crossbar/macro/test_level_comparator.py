import itertools
import re

import pytest

from hdl.crossbar.macro import LevelComparator
from hdl.testing import simulate

WIDTH = 3


@pytest.mark.parametrize("tolerance", [*range(2**WIDTH), 2**WIDTH + 1])
def test_every_pair_of_levels(tolerance):
    pairs = list(itertools.product(range(2**WIDTH), repeat=2))
    dut = LevelComparator(WIDTH, len(pairs), tolerance)

    async def testbench(ctx):
        for plane in range(WIDTH):
            for port, numbers in ((dut.a, [a for a, _ in pairs]), (dut.b, [b for _, b in pairs])):
                ctx.set(port[plane], sum((number >> plane & 1) << lane for lane, number in enumerate(numbers)))
        await ctx.delay(1e-9)
        outside = ctx.get(dut.outside)
        for lane, (a, b) in enumerate(pairs):
            assert outside >> lane & 1 == (abs(a - b) > tolerance), (a, b)

    simulate(dut, testbench)


@pytest.mark.parametrize(("argument", "value"), [("width", 0), ("lanes", 0), ("tolerance", -1), ("tolerance", 1.0)])
def test_refusals(argument, value):
    arguments = {"width": 2, "lanes": 2, "tolerance": 1} | {argument: value}
    least = 0 if argument == "tolerance" else 1
    message = f"LevelComparator {argument} must be an integer of at least {least}, not {value!r}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        LevelComparator(**arguments)
