"""Testbench of :class:`hdl.crossbar.WeightSampler`."""

from collections.abc import Callable
from typing import Any

import cocotb
from cocotb.triggers import Timer

from cocotb_tests.agents.clocking import PERIOD, UNIT
from cocotb_tests.agents.lanes import to_bits, to_planes
from cocotb_tests.agents.parameters import Parameters
from hdl.crossbar import WeightSampler

_GROUPS = 40


class _Bench:
    """All codes and draws, with the expected weights."""

    def __init__(self, dut: Any):
        parameters = Parameters.load()
        self.dut = dut
        self.layer = parameters.core.layers[parameters.values["layer"]]
        assert self.layer.sampling is not None, "the layer has fixed weights"
        self.sampling = self.layer.sampling
        self.col_tile: int = parameters.values["col_tile"]
        self.rng = parameters.rng("weight_sampler")
        self.compared = 0

    async def compare(self, code: Callable[[], int], draw: Callable[[], int]) -> None:
        dut, layer, bits = self.dut, self.layer, self.sampling.bits
        cols = layer.cols_per_read
        codes = [[code() for _ in range(cols)] for _ in range(layer.rows_per_read)]
        column = self.rng.randrange(layer.column_folds)
        if WeightSampler(layer, self.col_tile).follows_columns:
            dut.column.value = column
        draws = [draw() for _ in range(layer.line_units)]
        for line, values in enumerate(codes):
            for plane, word in enumerate(to_planes(values, bits)):
                dut[f"codes__{line * bits + plane}"].value = word
        for plane, word in enumerate(to_planes(draws, bits)):
            dut[f"draws__{plane}"].value = word
        await Timer(PERIOD, unit=UNIT)
        generators, certain = self.sampling.generators, self.sampling.certain
        for line, values in enumerate(codes):
            found = to_bits(int(dut[f"words__{line}"].value), cols)
            first = self.col_tile * layer.cols + column * cols
            units = [draws[line * generators + (first + c) % generators] for c in range(cols)]
            expected = [
                int((each & ~1 if each == certain else each) < value) for each, value in zip(units, values, strict=True)
            ]
            assert found == expected, f"line {line}: {found}, not {expected}"
            self.compared += cols


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def draws_are_compared_with_codes(dut: Any) -> None:
    """Random ones, among them many that are equal or next to each other."""
    bench = _Bench(dut)
    certain = bench.sampling.certain
    for index in range(_GROUPS):
        lowest, highest = (0, certain) if index % 2 else (certain // 2, certain // 2 + 1)
        await bench.compare(
            lambda lowest=lowest, highest=highest: bench.rng.randint(lowest, highest),  # type: ignore[misc]
            lambda lowest=lowest, highest=highest: bench.rng.randint(lowest, highest),  # type: ignore[misc]
        )
    assert bench.compared == _GROUPS * bench.layer.rows_per_read * bench.layer.cols_per_read


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def the_ends_are_certain(dut: Any) -> None:
    """Code 0 is never +1 and the largest always, whatever is drawn."""
    bench = _Bench(dut)
    certain = bench.sampling.certain
    for code in (0, 1, certain - 1, certain):
        for draw in (0, 1, certain - 1, certain):
            await bench.compare(lambda code=code: code, lambda draw=draw: draw)  # type: ignore[misc]
    assert bench.compared
