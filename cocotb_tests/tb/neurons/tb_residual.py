"""Testbench of :class:`hdl.neurons.Residual`."""

import itertools
from typing import Any

from cocotb.triggers import FallingEdge, Timer

from cocotb_tests.agents.beats import pack, unpack
from cocotb_tests.agents.clocking import reset, start_clock
from cocotb_tests.agents.column_beats import ColumnBeats
from cocotb_tests.agents.lanes import to_lanes, to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.testcase import testcase
from hdl.streams import Counts

_BEATS = 300


@testcase()
async def activations_are_added(dut: Any) -> None:
    """To counts from none to all inputs, so that every bit of the sum is needed; the tag stays."""
    parameters = Parameters.load()
    config, rng = parameters.core, parameters.rng()
    layer = config.layers[parameters.values["layer"]]
    shape, beats = Counts(config, layer), ColumnBeats(layer)
    if layer.column_groups > 1:
        start_clock(dut)
        await reset(dut)
    drive(dut, i__valid=1, skip__valid=1, o__ready=1)
    for index in range(_BEATS):
        if index:
            counts = [rng.choice((0, layer.inputs, rng.randint(0, layer.inputs))) for _ in range(layer.outputs)]
            skip = rng.getrandbits(layer.outputs)
        else:
            counts, skip = [layer.inputs] * layer.outputs, 2**layer.outputs - 1
        tag = {"mask": rng.getrandbits(config.stochastic.mask_width), "last": rng.getrandbits(1)}
        found: list[int] | None = None
        for lanes in beats.split(counts, rng, layer.inputs):
            beat = {"planes": to_planes(lanes, layer.count_width), "tag": tag}
            drive(dut, i__payload=pack(shape, beat), skip__payload=skip)
            await Timer(1, unit="ns")
            given = unpack(shape, int(dut.o__payload.value))
            found = beats.join(to_lanes(given["planes"], layer.beat_outputs))
            assert given["tag"] == tag
            # The activations stay until the last beat of their vector.
            assert int(dut.skip__ready.value) == (found is not None)
            if layer.column_groups > 1:
                await FallingEdge(dut.clk)
        assert found == [count + layer.skip_gain * (skip >> lane & 1) for lane, count in enumerate(counts)]


@testcase()
async def streams_wait_for_one_another(dut: Any) -> None:
    """A sum is there when both are, and both are taken with it: all eight cases. First of several beats takes none."""
    parameters = Parameters.load()
    last = parameters.core.layers[parameters.values["layer"]].column_groups == 1
    drive(dut, i__payload=0, skip__payload=0)
    for counts, activations, ready in itertools.product((0, 1), repeat=3):
        drive(dut, i__valid=counts, skip__valid=activations, o__ready=ready)
        await Timer(1, unit="ns")
        both = counts & activations
        assert int(dut.o__valid.value) == both
        # No stream is taken alone; a stream's ready counts where it is valid.
        assert int(dut.i__ready.value) & counts == both & ready
        assert int(dut.skip__ready.value) & activations == both & ready & last
