"""Testbench of :class:`hdl.neurons.SampledNeuron`."""

import itertools
from typing import Any

import cocotb

from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.local_neuron_bench import LocalNeuronBench
from hdl.neurons import SampledNeuron

_PASSES = 8


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def thresholds_are_drawn(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Each neuron compares with the threshold of its level. Without stalls as soon as the block says."""
    bench = LocalNeuronBench(dut, source, sink)
    await bench.reset()
    count = await bench.send(_PASSES)
    await bench.scoreboard.finish(at_least=count)
    if source is sink is Stalls.NEVER:
        layer = bench.layer
        assert layer.local is not None, "the layer has no local units"
        compare = SampledNeuron(bench.config, layer).compare_cycles
        groups = layer.column_groups
        places = range(1, count * groups)
        waits = [1 + layer.choices * compare + (0 if place % layer.beats else layer.local.steps) for place in places]
        taken = bench.taken.cycles
        assert [later - sooner for sooner, later in itertools.pairwise(taken)] == waits
        assert bench.given.cycles == [cycle + 2 for cycle in taken[groups - 1 :: groups]]


@testcase()
async def a_reset_begins_a_pass(dut: Any) -> None:
    """At any moment; the sequences begin anew, and the thresholds are as they were."""
    await LocalNeuronBench(dut, Stalls.OFTEN, Stalls.OFTEN).survive_resets(_PASSES, longest=25)


@testcase()
async def rows_and_seeds_change_between_passes(dut: Any) -> None:
    """Every row holds what was written; missing ones are refused; nothing was drawn ahead with old seeds."""
    bench = LocalNeuronBench(dut, Stalls.OFTEN, Stalls.OFTEN)
    await bench.reset()
    for _ in range(2):
        await bench.program_others()
        await bench.send(2)
        await bench.drain()
        await bench.reseed()
        await bench.send(2)
        await bench.drain()
    await bench.scoreboard.finish(at_least=8)
