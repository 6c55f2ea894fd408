"""Testbench of :class:`hdl.inputs.Flatten`."""

from typing import Any

import cocotb

from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.map_bench import MapBench

_MAPS = 6


def _bench(dut: Any, source: Stalls, sink: Stalls) -> MapBench:
    last = Parameters.load().core.network.maps[-1]
    return MapBench(dut, last, last.size, lambda maps: maps.flatten(1).unsqueeze(1), source, sink)


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def maps_become_vectors(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Without stalls a position is taken every cycle, and the vector is there in the cycle after the last."""
    bench = _bench(dut, source, sink)
    await bench.reset()
    await bench.send(_MAPS)
    await bench.finish(_MAPS)
    if source is sink is Stalls.NEVER:
        start, positions = bench.taken.cycles[0], bench.source.positions
        assert bench.taken.cycles == list(range(start, start + _MAPS * positions))
        assert bench.given.cycles == list(range(start + positions, start + _MAPS * positions + 1, positions))


@testcase()
async def a_reset_is_survived(dut: Any) -> None:
    """At any moment; the next position is the first of a map."""
    await _bench(dut, Stalls.OFTEN, Stalls.OFTEN).survive_resets(_MAPS)
