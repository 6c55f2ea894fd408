import random

import pytest

from hdl.rows import RowStore
from hdl.testing import simulate

SIZES = [(1, 1, 1), (2, 1, 3), (1, 2, 2), (3, 5, 7), (4, 8, 2)]


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize(("groups", "lines", "cols"), SIZES)
def test_reads_and_writes(groups, lines, cols, joined):
    rng = random.Random(f"{groups}x{lines}x{cols}")
    rows = [[rng.getrandbits(cols) for _ in range(lines)] for _ in range(groups)]
    dut = RowStore(groups, lines, cols, init=[list(group) for group in rows], joined=joined)
    kept = 0

    async def testbench(ctx):
        nonlocal kept
        shown = None
        for _ in range(300):
            read, write = rng.random() < 0.4, rng.random() < 0.3
            group, line, row = rng.randrange(groups), rng.randrange(lines), rng.getrandbits(cols)
            for port, value in zip((dut.read, dut.write, dut.group, dut.line), (read, write, group, line), strict=True):
                ctx.set(port, value)
            ctx.set(dut.row, row)
            await ctx.tick()
            if write:
                rows[group][line] = row
            elif read:
                shown = list(rows[group])
            if shown is None:
                continue
            # One cycle after the read, and until the next one, whatever is written in between.
            kept += not read
            assert [ctx.get(word) for word in dut.words] == shown
            for line, word in enumerate(shown):
                ctx.set(dut.line, line)
                assert ctx.get(dut.word) == word

    simulate(dut, testbench)
    assert kept > 50


def test_is_empty_without_contents():
    dut = RowStore(3, 2, 4)

    async def testbench(ctx):
        ctx.set(dut.read, 1)
        for group in range(3):
            ctx.set(dut.group, group)
            await ctx.tick()
            assert [ctx.get(word) for word in dut.words] == [0, 0]

    simulate(dut, testbench)
