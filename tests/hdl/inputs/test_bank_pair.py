import random

from hdl.inputs import BankPair
from hdl.testing import simulate

CYCLES = 300


def test_banks_are_used_in_turn():
    """As a queue of two: filled while there is room, emptied in order, both at once as well."""
    rng = random.Random(7)
    dut = BankPair()
    seen = set()

    async def testbench(ctx):
        stored, written, read = 0, 0, 0
        for _ in range(CYCLES):
            assert ctx.get(dut.writable) == (stored != 2)
            assert ctx.get(dut.readable) == (stored != 0)
            assert (ctx.get(dut.write_bank), ctx.get(dut.read_bank)) == (written % 2, read % 2)
            filled, emptied = stored != 2 and rng.random() < 0.6, stored != 0 and rng.random() < 0.5
            seen.add((stored, filled, emptied))
            ctx.set(dut.filled, filled)
            ctx.set(dut.emptied, emptied)
            await ctx.tick()
            stored, written, read = stored + filled - emptied, written + filled, read + emptied

    simulate(dut, testbench)
    assert seen == {(0, False, False), (0, True, False), *((1, a, b) for a in (False, True) for b in (False, True))} | {
        (2, False, False),
        (2, False, True),
    }
