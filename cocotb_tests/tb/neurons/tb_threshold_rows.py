"""Testbench of :class:`hdl.neurons.ThresholdRows`."""

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.column_beats import beat_places
from cocotb_tests.agents.lanes import from_bits
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.row_port import RowPort, missing_rows
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from hdl.config import Layer
from hdl.contract import Row, neuron_rows

_READS = 60


class _Bench:
    """Agents around the rows, and their model."""

    def __init__(self, dut: Any, stalls: Stalls):
        parameters = Parameters.load()
        self.dut, self.config, self.rng = dut, parameters.core, parameters.rng(stalls)
        self.layer: Layer = self.config.layers[parameters.values["layer"]]
        self.serial: bool = parameters.values["serial"]
        start_clock(dut)
        drive(dut, idle=1, read=0, choice=0)
        self._column(0)
        self.port = RowPort(dut, self.config, self.rng, stalls)
        contents, layer = parameters.contents.neurons[self.layer.index], self.layer
        self.rows = {
            (tile, choice, line): bits
            for tile in range(layer.col_tiles)
            for choice, lines in enumerate(neuron_rows(contents, layer, tile))
            for line, bits in enumerate(lines)
        }
        self.compared = 0

    def _column(self, column: int) -> None:
        """Choose a group of columns, where there are several."""
        if self.layer.column_groups > 1:
            drive(self.dut, column=column)

    async def read(self) -> None:
        """Read a choice as neurons do, busy from then on for some cycles, and compare the planes all the time."""
        dut, layer = self.dut, self.layer
        while True:
            await ReadOnly()
            held = bool(dut.hold.value)
            await FallingEdge(dut.clk)
            if not held:
                break
        choice, column = self.rng.randrange(layer.choices), self.rng.randrange(layer.column_groups)
        lines = range(layer.neuron_lines)
        for group in [[line] for line in lines] if self.serial else [lines]:
            # Busy neurons are not held, and idle ones read only in a cycle in which they are not.
            drive(dut, idle=0, read=1, choice=choice, **({"line": group[0]} if self.serial else {}))
            self._column(column)
            await FallingEdge(dut.clk)
            drive(dut, read=0, choice=layer.choices - 1 - choice)
            self._column(layer.column_groups - 1 - column)
            for _ in range(self.rng.randint(1, 3)):
                await ReadOnly()
                for index, line in enumerate(group):
                    shown, expected = int(dut[f"planes__{index}"].value), self.plane(choice, line, column)
                    assert shown == expected, f"choice {choice}, line {line}: {shown:#x}, not {expected:#x}"
                    self.compared += 1
                await FallingEdge(dut.clk)
        drive(dut, idle=1)

    def plane(self, choice: int, line: int, column: int) -> int:
        """Return the expected plane of a line, of a group of columns."""
        layer = self.layer
        plane = sum(self.rows[tile, choice, line] << tile * layer.cols for tile in range(layer.col_tiles))
        return from_bits(plane >> place & 1 for place in beat_places(layer, column))

    def row(self, place: tuple[int, int, int]) -> Row:
        tile, group, line = place
        bits = self.rng.getrandbits(self.layer.cols)
        return Row(layer=self.layer.index, thresholds=True, tile=tile, group=group, line=line, bits=bits)

    async def program(self, place: tuple[int, int, int]) -> None:
        row = self.row(place)
        assert not (await self.port.program(row))["error"], f"{row} was refused"
        self.rows[place] = row.bits


@testcase()
async def initial_rows_are_read(dut: Any) -> None:
    """Those that the block was made with, also after a reset."""
    bench = _Bench(dut, Stalls.NEVER)
    for _ in range(2):
        await reset(dut)
        for _ in range(_READS // 2):
            await bench.read()
    assert bench.compared >= _READS


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def neurons_read_what_was_programmed(dut: Any, stalls: Stalls) -> None:
    """Between their reads, and the same after a reset."""
    bench = _Bench(dut, stalls)
    await reset(dut)
    for place in bench.rows:
        await bench.program(place)
    for _ in range(12):
        await bench.program(bench.rng.choice(list(bench.rows)))
        await bench.read()
    bench.port.idle()
    await reset(dut)
    for _ in range(_READS):
        await bench.read()
    assert bench.compared >= _READS


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def rows_are_read_back(dut: Any, stalls: Stalls) -> None:
    """Every row as it was written; missing rows are refused and change nothing."""
    bench = _Bench(dut, stalls)
    layer = bench.layer
    await reset(dut)
    for place in bench.rows:
        await bench.program(place)
    for row in missing_rows(bench.config, bench.row((0, 0, 0)), layer.col_tiles, layer.choices, layer.neuron_lines):
        assert (await bench.port.program(row))["error"], row
        assert (await bench.port.read(row))["error"], row
    for place, bits in bench.rows.items():
        assert await bench.port.read(bench.row(place)) == {"row": bits, "error": 0}, place
    await bench.read()


@testcase()
async def commands_wait_for_busy_neurons(dut: Any) -> None:
    """Until then the planes that were read stay as they are."""
    bench = _Bench(dut, Stalls.NEVER)
    await reset(dut)
    for place in bench.rows:
        await bench.program(place)
    drive(dut, idle=0, read=1, choice=0, **({"line": 0} if bench.serial else {}))
    await FallingEdge(dut.clk)
    drive(dut, read=0)
    place = (0, 0, 0)
    row = bench.row(place)
    programming = cocotb.start_soon(bench.port.program(row))
    for _ in range(8):
        await ReadOnly()
        assert not dut.reply__valid.value
        assert int(dut.planes__0.value) == bench.plane(0, 0, 0)
        await FallingEdge(dut.clk)
    drive(dut, idle=1)
    await programming
    bench.rows[place] = row.bits
    for _ in range(_READS):
        await bench.read()
    assert bench.compared >= _READS
