"""Testbench of :class:`hdl.lanes.Columns`."""

from typing import Any

import cocotb
import torch
from cocotb.triggers import Timer

from cocotb_tests.agents.clocking import PERIOD, UNIT
from cocotb_tests.agents.lanes import from_bits, to_bits, to_lanes
from cocotb_tests.agents.parameters import Parameters
from golden.arrays import read_counts
from hdl.config import Layer

_READS = 60


class _Bench:
    """Bench of the columns, with words of cells."""

    def __init__(self, dut: Any):
        self.dut = dut
        parameters = Parameters.load()
        self.layer: Layer = parameters.core.layers[parameters.values["layer"]]
        self.row_tile: int = parameters.values["row_tile"]
        self.rng = parameters.rng("columns")

    async def compare(self, group: int, bits: int, weights: torch.Tensor) -> None:
        """Apply one group; cells of padding hold garbage."""
        dut, layer = self.dut, self.layer
        first = self.row_tile * layer.rows + group * layer.rows_per_read
        outputs = min(layer.cols_per_read, layer.outputs)
        for line in range(layer.rows_per_read):
            word = self.rng.getrandbits(layer.cols_per_read)
            if group < layer.driven_groups(self.row_tile, line):
                word = word >> outputs << outputs | from_bits(weights[:outputs, first + line].tolist())
            dut[f"words__{line}"].value = word
        dut.bits.value = bits
        dut.group.value = group
        await Timer(PERIOD, unit=UNIT)
        planes = [int(dut[f"count__{plane}"].value) for plane in range(layer.read_width)]
        found = to_lanes(planes, layer.cols_per_read)[:outputs]
        lines = to_bits(bits, layer.rows_per_read)
        expected = read_counts(layer, weights, self.row_tile * layer.col_tiles, group, lines).tolist()
        assert found == expected[:outputs], f"group {group}, {bits:#x}: {found}, not {expected[:outputs]}"


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def driven_lines_are_counted(dut: Any) -> None:
    """Random weights and bits in every group that a computation visits."""
    bench = _Bench(dut)
    layer, rng = bench.layer, bench.rng
    for index in range(_READS):
        weights = torch.tensor([[rng.getrandbits(1) for _ in range(layer.inputs)] for _ in range(layer.outputs)])
        await bench.compare(index % layer.groups, rng.getrandbits(layer.rows_per_read), weights)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def all_and_none_agree(dut: Any) -> None:
    """Equal and opposite bits: the largest count and 0."""
    bench = _Bench(dut)
    layer = bench.layer
    ones = torch.ones((layer.outputs, layer.inputs), dtype=torch.int64)
    for group in range(layer.groups):
        for weights in (ones, 1 - ones):
            for bits in (0, 2**layer.rows_per_read - 1):
                await bench.compare(group, bits, weights)
