"""Testbench of :class:`hdl.neurons.InvertedNormalization`."""

from typing import Any

import cocotb
import torch

from cocotb_tests.agents.lanes import from_bits
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.affine_bench import AffineBench
from golden.neurons import above_mean
from hdl.neurons import InvertedNormalization

#: Vectors of a test, about.
_VECTORS = 32


class _Bench(AffineBench):
    """Golden's activations of each complete map."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        super().__init__(dut, source, sink)
        self._map: list[list[int]] = []

    @property
    def block(self) -> InvertedNormalization:
        """The block as it says it is."""
        return InvertedNormalization(self.config, self.layer)

    @property
    def maps(self) -> int:
        """Maps of a test."""
        return max(3, _VECTORS // self.layer.vectors)

    async def reset(self) -> None:
        await super().reset()
        self._map.clear()

    def model(self, beat: dict[str, Any]) -> list[dict[str, Any]]:
        numbers = self.beats.join(self.transformed(beat))
        if numbers is None:
            return []
        self._map.append(numbers)
        if len(self._map) < self.layer.vectors:
            return []
        (fired,) = above_mean(torch.tensor([self._map])).tolist()
        self._map.clear()
        return [{"bits": from_bits(position), "tag": beat["tag"]} for position in fired]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def initial_rows_are_used(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Activations of all maps; without stalls as soon as the block says."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(bench.maps)
    vectors = bench.layer.vectors
    await bench.scoreboard.finish(at_least=bench.maps * vectors)
    if source is sink is Stalls.NEVER:
        block = bench.block
        beats, groups = bench.layer.beats, bench.layer.column_groups
        lasts = bench.taken.cycles[beats - 1 :: beats]
        assert lasts == [lasts[0] + block.period * index for index in range(bench.maps)]
        firsts = [cycle + groups * block.width + block.divide_cycles + 4 for cycle in lasts]
        period = groups * block.width
        assert bench.given.cycles == [first + period * index for first in firsts for index in range(vectors)]


@testcase()
async def a_reset_stops_everything(dut: Any) -> None:
    """At any moment; the next vector is the first of a map."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    await bench.survive_resets(bench.maps, 3 * bench.block.period)


@testcase()
async def rows_are_programmed_and_read_back(dut: Any) -> None:
    """Every row holds what was written."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    await bench.program_and_read_back(bench.maps)


@testcase()
@cocotb.parametrize(sink=list(Stalls))
async def rows_change_between_vectors(dut: Any, sink: Stalls) -> None:
    """Also within a map, of which each position has the rows that were there."""
    bench = _Bench(dut, Stalls.NEVER, sink)
    await bench.change_rows_between_vectors(bench.maps)
