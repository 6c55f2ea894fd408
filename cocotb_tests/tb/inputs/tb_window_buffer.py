"""Testbench of :class:`hdl.inputs.WindowBuffer`."""

from typing import Any

import cocotb

from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.map_bench import MapBench
from golden.common import windows
from hdl.config import Layer

_MAPS = 6


def _layer() -> Layer:
    parameters = Parameters.load()
    return parameters.core.layers[parameters.values["layer"]]


def _bench(dut: Any, source: Stalls, sink: Stalls) -> MapBench:
    layer = _layer()
    window = layer.window
    assert window is not None, "the layer is no convolution"
    width = layer.inputs * layer.input_bits
    return MapBench(
        dut, window.source, width, lambda maps: windows(window, maps).flatten(3).flatten(1, 2), source, sink
    )


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def windows_are_those_of_golden(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Of one map after the other; without stalls a position of the map, or of its border behind it, a cycle."""
    bench = _bench(dut, source, sink)
    await bench.reset()
    await bench.send(_MAPS)
    await bench.finish(_MAPS)
    if source is sink is Stalls.NEVER:
        window = _layer().window
        assert window is not None
        reach = window.kernel - 1 - window.padding
        rows, cols = (
            max(size, reach + (windows - 1) * window.stride + 1)
            for size, windows in ((window.source.height, window.height), (window.source.width, window.width))
        )
        starts = bench.taken.cycles[:: window.source.positions]
        assert starts == [starts[0] + index * rows * cols for index in range(_MAPS)]
        # The first window is there in the cycle after its last position, which may be one of the border.
        assert bench.given.cycles[0] == starts[0] + reach * cols + reach + 1


@testcase()
async def a_reset_is_survived(dut: Any) -> None:
    """At any moment; the next position is the first of a map."""
    await _bench(dut, Stalls.OFTEN, Stalls.OFTEN).survive_resets(_MAPS)
