"""Testbench of :class:`hdl.crossbar.Accumulator`."""

from typing import Any

import cocotb
import torch
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.lanes import to_lanes, to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from golden.arrays import counts, read_counts
from hdl.config import Layer

_VECTORS = 12


class _Bench:
    """Bench with reads as from a layer's arrays."""

    def __init__(self, dut: Any, parameters: Parameters, stalls: Stalls):
        self.dut = dut
        self.layer: Layer = parameters.core.layers[parameters.values["layer"]]
        # Of probability codes one bit will do.
        self.weights = torch.as_tensor(parameters.contents.weights[self.layer.index]) & 1
        self.rng = parameters.rng("accumulator", stalls)
        self.pauses = stalls.pattern(self.rng)
        self.registered = parameters.core.hardware.sums_registered
        self.compared = 0

    async def start(self) -> None:
        start_clock(self.dut)
        drive(self.dut, add=0, clear=0, shift=0)
        self._counts([[0] * self.layer.beat_outputs] * self.layer.row_tiles)
        await reset(self.dut)

    async def vector(self, values: list[int]) -> None:
        """Add all reads of one input vector, from the highest bit plane to the lowest, and compare the sum."""
        layer = self.layer
        columns = layer.beat_columns(self.rng.randrange(layer.column_groups))
        for plane in reversed(range(layer.input_bits)):
            for group in range(layer.groups):
                await self.pause()
                read = [self._read(values, tile, group, plane) for tile in range(layer.row_tiles)]
                self._counts([[0 if each is None else numbers[each] for each in columns] for numbers in read])
                if self.registered:
                    await FallingEdge(self.dut.clk)
                    top = 2**layer.read_width - 1
                    self._counts([[self.rng.randint(0, top) for _ in columns]] * layer.row_tiles)
                drive(self.dut, add=1, clear=group == 0 and plane == layer.input_bits - 1, shift=group == 0)
                await FallingEdge(self.dut.clk)
        whole = counts(layer, [values], self.weights)[0].tolist()
        expected = [0 if each is None else whole[each] for each in columns]
        await self.pause(at_least=1)
        await ReadOnly()
        planes = [int(self.dut[f"total__{plane}"].value) for plane in range(layer.count_width)]
        total = to_lanes(planes, layer.beat_outputs)
        assert total == expected, f"{values}: {total}, not {expected}"
        self.compared += 1
        await FallingEdge(self.dut.clk)

    async def pause(self, *, at_least: int = 0) -> None:
        """Add nothing while the stalls say so, with everything else at random."""
        drive(self.dut, add=0)
        while at_least > 0 or next(self.pauses):
            drive(self.dut, clear=self.rng.getrandbits(1), shift=self.rng.getrandbits(1))
            at_least -= 1
            await FallingEdge(self.dut.clk)

    def _read(self, values: list[int], row_tile: int, group: int, plane: int) -> list[int]:
        layer = self.layer
        first = row_tile * layer.rows + group * layer.rows_per_read
        lines = [values[n] >> plane & 1 if n < layer.inputs else 0 for n in range(first, first + layer.rows_per_read)]
        tiles = range(row_tile * layer.col_tiles, (row_tile + 1) * layer.col_tiles)
        columns = torch.cat([read_counts(layer, self.weights, tile, group, lines) for tile in tiles])
        return columns[: layer.outputs].tolist()

    def _counts(self, numbers: list[list[int]]) -> None:
        for tile, row in enumerate(numbers):
            for plane, word in enumerate(to_planes(row, self.layer.read_width)):
                self.dut[f"counts__{tile}__{plane}"].value = word


@testcase()
@cocotb.parametrize(stalls=list(Stalls))
async def reads_add_up(dut: Any, stalls: Stalls) -> None:
    """Random vectors; a sum that was interrupted, or reset, is forgotten by the next."""
    bench = _Bench(dut, Parameters.load(), stalls)
    layer, rng = bench.layer, bench.rng
    await bench.start()
    for index in range(_VECTORS):
        await bench.vector([rng.randrange(layer.plane_gain + 1) for _ in range(layer.inputs)])
        drive(dut, add=1, clear=0, shift=index % 2)
        await FallingEdge(dut.clk)
        if index == _VECTORS // 2:
            await reset(dut)
    assert bench.compared == _VECTORS


@testcase()
async def extremes_fit(dut: Any) -> None:
    """Vectors that agree with one output everywhere, and nowhere, reach count_max and 0."""
    bench = _Bench(dut, Parameters.load(), Stalls.NEVER)
    layer = bench.layer
    await bench.start()
    for weights in bench.weights[: _VECTORS // 2].tolist():
        for sign in (0, 1):
            values = [layer.plane_gain * (weight ^ sign) for weight in weights]
            assert counts(layer, [values], bench.weights).aminmax()[1 - sign] == layer.count_max * (1 - sign)
            await bench.vector(values)
    assert bench.compared
