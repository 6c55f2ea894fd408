"""Testbench of :class:`hdl.neurons.AffineTransform`."""

import itertools
from typing import Any

import cocotb

from cocotb_tests.agents.lanes import to_planes
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.affine_bench import AffineBench
from hdl.neurons import AffineTransform

#: Vectors of a test, about, and of one in which rows change.
_VECTORS = 16


class _Bench(AffineBench):
    """Expected planes, the lowest first.

    They are those of A + 2^(width − 1).
    """

    @property
    def block(self) -> AffineTransform:
        """The block as it says it is."""
        return AffineTransform(self.config, self.layer)

    @property
    def given_width(self) -> int:
        return self.layer.beat_outputs

    @property
    def maps(self) -> int:
        """Maps of a test."""
        return max(2, _VECTORS // self.layer.vectors)

    def model(self, beat: dict[str, Any]) -> list[dict[str, Any]]:
        width = self.block.width
        numbers = [value + 2 ** (width - 1) for value in self.transformed(beat)]
        self.beats.join(numbers)
        return [{"bits": plane, "tag": beat["tag"]} for plane in to_planes(numbers, width)]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def initial_rows_are_used(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Planes of all vectors; without stalls as soon as the block says."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(bench.maps)
    await bench.scoreboard.finish(at_least=bench.maps * bench.layer.beats * bench.block.width)
    if source is sink is Stalls.NEVER:
        taken, width, gains = bench.taken.cycles, bench.block.width, bench.block.gain_width
        again = 1 if bench.layer.column_groups > 1 else bench.layer.vectors
        periods = [width + 1 + (gains if index % again == 0 else 0) for index in range(1, len(taken))]
        assert [later - sooner for sooner, later in itertools.pairwise(taken)] == periods
        assert bench.given.cycles == [cycle + 1 - width + plane + 1 for cycle in taken for plane in range(width)]


@testcase()
async def a_reset_stops_everything(dut: Any) -> None:
    """At any moment; the next vector is the first of a map."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    await bench.survive_resets(bench.maps, 2 * (bench.layer.neuron_lines + bench.block.width))


@testcase()
async def rows_are_programmed_and_read_back(dut: Any) -> None:
    """Every row holds what was written."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    await bench.program_and_read_back(bench.maps)


@testcase()
@cocotb.parametrize(sink=list(Stalls))
async def rows_change_between_vectors(dut: Any, sink: Stalls) -> None:
    """Also within a map, whose gains have been read."""
    bench = _Bench(dut, Stalls.NEVER, sink)
    await bench.change_rows_between_vectors(bench.maps)
