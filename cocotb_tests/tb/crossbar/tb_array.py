"""Testbench of :class:`hdl.crossbar.Array`."""

from typing import Any

import cocotb
import numpy as np
import numpy.typing as npt
import torch
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.lanes import to_bits, to_lanes, to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from golden.arrays import read_counts
from hdl.config import Layer
from hdl.contract import array_rows

_READS = 60


class _Bench:
    """The array, and a model of its cells."""

    def __init__(self, dut: Any, parameters: Parameters):
        self.dut = dut
        self.layer: Layer = parameters.core.layers[parameters.values["layer"]]
        self.row_tile: int = parameters.values["row_tile"]
        self.rng = parameters.rng("array")
        self.weights = parameters.contents.weights[self.layer.index].copy()
        """Weights, or their probability codes."""
        self.stages = parameters.core.hardware.array_stages
        self.compared = 0

    @property
    def tile(self) -> int:
        """The column tile of the array is the first."""
        return self.row_tile * self.layer.col_tiles

    @property
    def outputs(self) -> int:
        """Columns that belong to an output."""
        return min(self.layer.cols, self.layer.outputs)

    def _column(self, column: int) -> None:
        """Choose a group of columns, where there are several."""
        if self.layer.column_folds > 1:
            drive(self.dut, column=column)

    async def start(self) -> None:
        start_clock(self.dut)
        drive(self.dut, read=0, write=0, group=0, line=0, row=0, bits=0)
        self._column(0)
        self._draw()
        await reset(self.dut)

    async def program(self, *, garbage: bool) -> None:
        """Write all rows with new weights; padding cells with 0 or with garbage."""
        layer, rng = self.layer, self.rng
        first = self.row_tile * layer.rows
        part = self.weights[: self.outputs, first : first + layer.tile_inputs(self.row_tile)]
        part[:] = torch.tensor([[rng.getrandbits(layer.weight_bits) for _ in row] for row in part]).numpy()
        rows = array_rows(self.weights, layer, self.tile)
        for group, lines in enumerate(rows):
            for line, row in enumerate(lines):
                padding = 2**layer.cols - 2**self.outputs
                if group >= layer.driven_groups(self.row_tile, line // layer.weight_bits):
                    padding = 2**layer.cols - 1
                word = row & ~padding | (rng.getrandbits(layer.cols) & padding if garbage else 0)
                for column in range(layer.column_folds):
                    part_of_row = word >> column * layer.cols_per_read & (1 << layer.cols_per_read) - 1
                    self._column(column)
                    drive(self.dut, write=1, group=group, line=line, row=part_of_row)
                    await FallingEdge(self.dut.clk)
        drive(self.dut, write=0)

    def _draw(self) -> list[int]:
        """Put draws on their ports, where there are such; return them, one for each line and generator."""
        layer, rng = self.layer, self.rng
        most = 2**layer.weight_bits - 1
        draws = [rng.choice([rng.randint(0, most), most]) for _ in range(layer.line_units)]
        planes = enumerate(to_planes(draws, layer.weight_bits)) if draws else ()
        drive(self.dut, **{f"draws__{index}": plane for index, plane in planes})
        return draws

    def _drawn(self, group: int, draws: list[int]) -> npt.NDArray[np.int64]:
        """Return the weights of all inputs; those of the group come of its codes and of ``draws``."""
        layer, weights = self.layer, self.weights
        if layer.sampling is None:
            return weights
        first = self.row_tile * layer.rows + group * layer.rows_per_read
        drawn = np.zeros_like(weights)
        for n in range(first, min(first + layer.rows_per_read, layer.inputs)):
            for m in range(layer.outputs):
                draw = draws[(n - first) * layer.sampling.generators + m % layer.sampling.generators]
                drawn[m, n] = (draw & ~1 if draw == layer.sampling.certain else draw) < weights[m, n]
        return drawn

    async def read(self, group: int, bits: int) -> None:
        """Read a group with ``bits`` on its word lines and compare, at once and while nothing else is read."""
        layer = self.layer
        column = self.rng.randrange(-(-self.outputs // layer.cols_per_read))
        sensed = slice(column * layer.cols_per_read, min((column + 1) * layer.cols_per_read, self.outputs))
        self._column(column)
        drive(self.dut, read=1, group=group)
        await FallingEdge(self.dut.clk)
        drive(self.dut, read=0, group=self.rng.randrange(layer.array_groups), bits=bits)
        self._column(self.rng.randrange(layer.column_folds))
        draws = self._draw()
        for _ in range(self.stages):
            await FallingEdge(self.dut.clk)
            drive(self.dut, bits=self.rng.getrandbits(layer.rows_per_read))
            self._draw()
        await ReadOnly()
        planes = [int(self.dut[f"count__{plane}"].value) for plane in range(layer.read_width)]
        counts = to_lanes(planes, layer.cols_per_read)[: sensed.stop - sensed.start]
        line_bits = to_bits(bits, layer.rows_per_read)
        weights = self._drawn(group, draws)
        expected = read_counts(layer, weights, self.tile, group, line_bits).tolist()[sensed]
        assert counts == expected, f"group {group}, bits {bits:#x}: {counts}, not {expected}"
        self.compared += 1
        await FallingEdge(self.dut.clk)

    async def read_many(self, stalls: Stalls) -> None:
        """Read all groups with all, no and random bits, pausing between."""
        layer, pauses = self.layer, stalls.pattern(self.rng)
        ends = [(group, bits) for group in range(layer.groups) for bits in (0, 2**layer.rows_per_read - 1)]
        for index in range(_READS + len(ends)):
            while next(pauses):
                await FallingEdge(self.dut.clk)
            group, bits = self.rng.randrange(layer.groups), self.rng.getrandbits(layer.rows_per_read)
            await self.read(*(ends[index] if index < len(ends) else (group, bits)))


@testcase()
async def initial_weights_are_used(dut: Any) -> None:
    """Every group with every single line driven."""
    bench = _Bench(dut, Parameters.load())
    await bench.start()
    for group in range(bench.layer.groups):
        for line in range(bench.layer.rows_per_read):
            await bench.read(group, 1 << line)
    assert bench.compared == bench.layer.groups * bench.layer.rows_per_read


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def agreements_are_counted(dut: Any, stalls: Stalls) -> None:
    """Weights written at run time count, in reads with pauses."""
    bench = _Bench(dut, Parameters.load())
    await bench.start()
    await bench.program(garbage=False)
    await bench.read_many(stalls)
    assert bench.compared >= _READS


@testcase()
async def padding_changes_nothing(dut: Any) -> None:
    """Cells of word lines and columns that hold nothing are loaded with garbage; a reset in between keeps all cells."""
    bench = _Bench(dut, Parameters.load())
    await bench.start()
    await bench.program(garbage=True)
    await bench.read_many(Stalls.NEVER)
    drive(dut, read=1)
    await reset(dut)
    await bench.read_many(Stalls.OFTEN)
    assert bench.compared >= 2 * _READS
