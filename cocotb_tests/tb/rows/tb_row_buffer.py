"""Testbench of :class:`hdl.rows.RowBuffer`."""

from typing import Any

from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.testcase import testcase
from hdl.contract import row_words

_WORD = 32
_STEPS = 400


@testcase()
async def words_rotate(dut: Any) -> None:
    """Random accesses and loads against a list of words; loading wins; a row comes back after all its words."""
    parameters = Parameters.load()
    rng, config = parameters.rng(), parameters.core
    cols, count = config.array.cols, row_words(config)
    start_clock(dut)
    drive(dut, rotate=0, replace=0, replacement=0, load=0, loaded=0)
    await reset(dut)
    words = [0] * count
    for _ in range(_STEPS):
        rotate, replace, load = rng.getrandbits(1), rng.getrandbits(1), rng.random() < 0.1
        replacement, loaded = rng.getrandbits(_WORD), rng.getrandbits(cols)
        drive(dut, rotate=rotate, replace=replace, replacement=replacement, load=int(load), loaded=loaded)
        await ReadOnly()
        row = sum(word << _WORD * index for index, word in enumerate(words)) & 2**cols - 1
        assert (int(dut.word.value), int(dut.row.value)) == (words[0], row)
        if load:
            words = [loaded >> _WORD * index & 2**_WORD - 1 for index in range(count)]
        elif rotate:
            words = [*words[1:], replacement if replace else words[0]]
        await FallingEdge(dut.clk)
    await reset(dut)
    await ReadOnly()
    assert int(dut.row.value) == 0
