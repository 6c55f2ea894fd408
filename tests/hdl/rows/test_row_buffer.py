import random

import pytest

from hdl.config import CoreConfig
from hdl.rows import RowBuffer
from hdl.testing import simulate


def config_of(cols):
    return CoreConfig.model_validate(
        {
            "name": f"rows_of_{cols}",
            "network": {"inputs": 2, "hidden": [2], "classes": 2},
            "array": {"rows": 2, "cols": cols, "rows_per_read": 2},
            "bayes": {"p": [0.5]},
        }
    )


@pytest.mark.parametrize("cols", [2, 31, 32, 33, 64, 100])
def test_holds_a_row(cols):
    """Random accesses against a list of words that rotates."""
    rng = random.Random(cols)
    dut = RowBuffer(config_of(cols))
    words = [0] * -(-cols // 32)

    async def testbench(ctx):
        nonlocal words
        for _ in range(200):
            load, rotate, replace = (rng.random() < chance for chance in (0.1, 0.5, 0.5))
            loaded, replacement = rng.getrandbits(cols), rng.getrandbits(32)
            for port, value in ((dut.load, load), (dut.rotate, rotate), (dut.replace, replace)):
                ctx.set(port, value)
            ctx.set(dut.loaded, loaded)
            ctx.set(dut.replacement, replacement)
            await ctx.tick()
            if load:
                words = [loaded >> 32 * index & 2**32 - 1 for index in range(len(words))]
            elif rotate:
                first, *others = words
                words = [*others, replacement if replace else first]
            assert ctx.get(dut.word) == words[0]
            assert ctx.get(dut.row) == sum(word << 32 * index for index, word in enumerate(words)) % 2**cols

    simulate(dut, testbench)


@pytest.mark.parametrize("cols", [2, 33, 100])
def test_a_row_written_word_by_word_is_the_row(cols):
    """And read word by word it is still there."""
    rng = random.Random(cols)
    row = rng.getrandbits(cols)
    words = -(-cols // 32)
    dut = RowBuffer(config_of(cols))

    async def testbench(ctx):
        ctx.set(dut.rotate, 1)
        ctx.set(dut.replace, 1)
        for index in range(words):
            ctx.set(dut.replacement, row >> 32 * index & 2**32 - 1)
            await ctx.tick()
        ctx.set(dut.replace, 0)
        for index in range(words):
            assert ctx.get(dut.word) == row >> 32 * index & 2**32 - 1
            await ctx.tick()
        assert ctx.get(dut.row) == row

    simulate(dut, testbench)
