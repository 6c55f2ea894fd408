"""Testbench of :class:`hdl.passes.VectorRepeater`."""

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase

_INPUTS = 6


class _Bench:
    """A source of inputs, and a reader."""

    def __init__(self, dut: Any, stalls: Stalls = Stalls.NEVER):
        start_clock(dut)
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self.layer = self.config.layers[0]
        self.rng = parameters.rng(stalls)
        self._pauses = stalls.pattern(self.rng)
        self.reads = self.done = 0
        drive(dut, i__valid=0, i__tag=0, passes=1, o__read=0, o__group=0, o__plane=0, o__done=0)
        drive(dut, **{f"i__bits__{tile}": 0 for tile in range(self.layer.row_tiles)})

    async def reset(self, passes: int) -> None:
        drive(self.dut, i__valid=0, o__read=0, passes=passes)
        await reset(self.dut)
        # The number of passes is known a cycle before the first input.
        await FallingEdge(self.dut.clk)

    async def read(self, passes: int, reads: int | None = None) -> None:
        """Read an input in all its passes, or only so many reads of it."""
        dut, layer = self.dut, self.layer
        drive(dut, i__valid=1)
        everything = [(number, read) for number in range(passes) for read in range(layer.reads)]
        for number, read in everything[:reads]:
            while next(self._pauses):
                drive(dut, o__read=0, o__done=self.rng.getrandbits(1))
                await ReadOnly()
                assert int(dut.o__valid.value) == 1
                assert int(dut.i__read.value) == 0
                await FallingEdge(dut.clk)
            plane, group = divmod(read, layer.groups)
            words = [self.rng.getrandbits(layer.rows_per_read) for _ in range(layer.row_tiles)]
            drive(dut, o__read=1, o__plane=plane, o__group=group, o__done=int(read == layer.reads - 1))
            drive(dut, **{f"i__bits__{tile}": word for tile, word in enumerate(words)})
            await ReadOnly()
            assert [int(dut[f"o__bits__{tile}"].value) for tile in range(layer.row_tiles)] == words
            assert (int(dut.i__read.value), int(dut.i__plane.value), int(dut.i__group.value)) == (1, plane, group)
            # The only member of a tag without mask bits is `last`.
            assert int(dut.o__tag.value) == int(number == passes - 1), f"pass {number} of {passes}"
            self.done += int(dut.i__done.value)
            assert bool(int(dut.i__done.value)) == ((number, read) == everything[-1])
            self.reads += 1
            await FallingEdge(dut.clk)
        drive(dut, o__read=0, i__valid=0)
        await ReadOnly()
        assert int(dut.o__valid.value) == 0
        await FallingEdge(dut.clk)


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def inputs_are_read_once_per_pass(dut: Any, stalls: Stalls) -> None:
    """For one pass, the most and any number."""
    bench = _Bench(dut, stalls)
    most = bench.config.bayes.max_passes
    for passes in sorted({1, most, bench.rng.randint(1, most)}):
        await bench.reset(passes)
        bench.reads = bench.done = 0
        for _ in range(_INPUTS):
            await bench.read(passes)
        assert bench.reads == _INPUTS * passes * bench.layer.reads
        assert bench.done == _INPUTS


@testcase()
async def a_reset_begins_with_the_first_pass(dut: Any) -> None:
    """Wherever the counter was."""
    bench = _Bench(dut, Stalls.OFTEN)
    most = bench.config.bayes.max_passes
    for _ in range(_INPUTS):
        await bench.reset(most)
        await bench.read(most, bench.rng.randrange(most * bench.layer.reads))
    await bench.reset(most)
    await bench.read(most)
    assert bench.done == 1
