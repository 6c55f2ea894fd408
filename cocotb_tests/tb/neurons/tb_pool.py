"""Testbench of :class:`hdl.neurons.Pool`."""

from typing import Any

import cocotb
from torch import Tensor

from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.map_bench import MapBench
from golden.common import largest
from hdl.config import FeatureMap

_MAPS = 6


def _bench(dut: Any, source: Stalls, sink: Stalls) -> MapBench:
    parameters = Parameters.load()
    layer = parameters.core.layers[parameters.values["layer"]]
    window = layer.window
    assert window is not None, "the layer is no convolution"
    unpooled = FeatureMap(height=window.height, width=window.width, channels=layer.outputs)

    def model(maps: Tensor) -> Tensor:
        return largest(maps, layer.pool).flatten(1, 2)

    return MapBench(dut, unpooled, layer.outputs, model, source, sink)


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def squares_are_those_of_golden(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Without stalls a position is taken every cycle, and a square is there in the cycle after its last."""
    bench = _bench(dut, source, sink)
    await bench.reset()
    await bench.send(_MAPS)
    await bench.finish(_MAPS)
    if source is sink is Stalls.NEVER:
        start, positions = bench.taken.cycles[0], bench.source.positions
        assert bench.taken.cycles == list(range(start, start + _MAPS * positions))
        assert bench.given.cycles[0] == start + bench.source.width + 2


@testcase()
async def a_reset_is_survived(dut: Any) -> None:
    """At any moment; the next position is the first of a map."""
    await _bench(dut, Stalls.OFTEN, Stalls.OFTEN).survive_resets(_MAPS)
