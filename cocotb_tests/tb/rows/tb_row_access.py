"""Testbench of :class:`hdl.rows.RowAccess`."""

import random
from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import cycle, cycles, reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.row_port import RowPort, missing_rows
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from hdl.config import Layer
from hdl.contract import Row

_COMMANDS = 60


class _Stores:
    """Stores of a block that is sometimes idle.

    They check that nothing is requested of them while it is busy.
    """

    def __init__(self, dut: Any, layer: Layer, rng: random.Random, busy: Stalls):
        self.dut = dut
        self.layer = layer
        self.rows: dict[tuple[int, int, int], int] = {}
        self._width = layer.cols_per_read
        self.idle: list[int] = []
        """Cycles in which a command found the block idle."""
        self._busy = busy.pattern(rng)
        cocotb.start_soon(self._run())

    async def _run(self) -> None:
        dut = self.dut
        shown: dict[int, int] = dict.fromkeys(range(self.layer.arrays), 0)
        held = False
        while True:
            # A block that was found idle is held so until the reply was taken.
            drive(
                dut, idle=int(held or not next(self._busy)), **{f"words__{tile}": word for tile, word in shown.items()}
            )
            await ReadOnly()
            read, write, idle = (int(dut[name].value) for name in ("read", "write", "idle"))
            group, line, row = (int(dut[name].value) for name in ("group", "line", "row"))
            first = int(dut.column.value) * self._width if self.layer.column_folds > 1 else 0
            if int(dut.command__valid.value) and not dut.rst.value:
                assert int(dut.hold.value), "the block is not held until the reply was taken"
                if idle:
                    self.idle.append(cycle())
            answered = int(dut.reply__valid.value) and int(dut.reply__ready.value)
            held = bool(int(dut.command__valid.value) and idle and not answered and not dut.rst.value)
            assert not (read and write), "read and written at once"
            if (read or write) and not dut.rst.value:
                assert idle, "the block is computing"
                assert int(dut.command__valid.value), "there is no command"
                assert (read | write).bit_count() == 1, "more than one store"
                place = ((read | write).bit_length() - 1, group, line)
                mask = (1 << self._width) - 1
                if write:
                    self.rows[place] = self.rows.get(place, 0) & ~(mask << first) | row << first
                else:
                    shown[place[0]] = self.rows.get(place, 0) >> first & mask
            await FallingEdge(dut.clk)


class _Bench:
    """Port, stores and addresses."""

    def __init__(self, dut: Any, stalls: Stalls = Stalls.NEVER, busy: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self.layer: Layer = self.config.layers[parameters.values["layer"]]
        self.rng = parameters.rng(stalls, busy)
        start_clock(dut)
        self.port = RowPort(dut, self.config, self.rng, stalls)
        self.stores = _Stores(dut, self.layer, self.rng, busy)

    def row(self) -> Row:
        layer, rng = self.layer, self.rng
        return Row(
            layer=layer.index,
            thresholds=False,
            tile=rng.randrange(layer.arrays),
            group=rng.randrange(layer.array_groups),
            line=rng.randrange(layer.rows_per_read),
            bits=rng.getrandbits(layer.cols),
        )


@testcase()
@cocotb.parametrize(stalls=list(Stalls), busy=list(Stalls))
async def rows_are_written_and_read(dut: Any, stalls: Stalls, busy: Stalls) -> None:
    """Reads return the last written contents, with any pauses."""
    bench = _Bench(dut, stalls, busy)
    await reset(dut)
    written: dict[tuple[int, int, int], int] = {}
    for _ in range(_COMMANDS):
        row = bench.row()
        if bench.rng.getrandbits(1):
            assert (await bench.port.program(row))["error"] == 0
            written[row.tile, row.group, row.line] = row.bits
        place = bench.rng.choice([*written, (row.tile, row.group, row.line)])
        known = Row(layer=0, thresholds=False, tile=place[0], group=place[1], line=place[2], bits=0)
        assert await bench.port.read(known) == {"row": written.get(place, 0), "error": 0}
    assert bench.stores.rows == written


@testcase()
async def missing_rows_are_refused(dut: Any) -> None:
    """Nothing is read or written, and the reply says so."""
    bench = _Bench(dut, Stalls.OFTEN)
    await reset(dut)
    layer = bench.layer
    for row in missing_rows(bench.config, bench.row(), layer.arrays, layer.array_groups, layer.rows_per_read):
        assert (await bench.port.program(row))["error"] == 1
        assert (await bench.port.read(row))["error"] == 1
    assert not bench.stores.rows
    row = bench.row()
    assert (await bench.port.program(row))["error"] == 0
    assert await bench.port.read(row) == {"row": row.bits, "error": 0}


@testcase()
async def replies_come_two_cycles_later(dut: Any) -> None:
    """Than the one in which the command found the block idle, and two more for each further group of columns.

    To writes, reads and refused commands alike.
    """
    bench = _Bench(dut, busy=Stalls.OFTEN)
    await reset(dut)
    layer = bench.layer
    refused = missing_rows(bench.config, bench.row(), layer.arrays, layer.array_groups, layer.rows_per_read)
    for row in (*refused, *(bench.row() for _ in range(_COMMANDS))):
        for command in (bench.port.program, bench.port.read):
            bench.stores.idle.clear()
            await command(row)
            assert bench.port.cycles[-1] == bench.stores.idle[0] + 2 * layer.column_folds


@testcase()
async def a_reset_is_survived(dut: Any) -> None:
    """A command that was interrupted may be given again."""
    bench = _Bench(dut, Stalls.BURSTS, Stalls.OFTEN)
    for _ in range(8):
        await reset(dut)
        commanding = cocotb.start_soon(bench.port.program(bench.row()))
        await cycles(dut, bench.rng.randint(1, 10))
        commanding.cancel()
        bench.port.idle()
        bench.port.done = bench.port.answered
    await reset(dut)
    row = bench.row()
    assert (await bench.port.program(row))["error"] == 0
    assert await bench.port.read(row) == {"row": row.bits, "error": 0}
