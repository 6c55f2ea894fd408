"""Testbench of :class:`hdl.neurons.DropoutNeuron`."""

from typing import Any

import cocotb

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.local_neuron_bench import LocalNeuronBench
from hdl.neurons import Neuron

_PASSES = 8


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def activations_are_dropped(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Each compared vector loses the activations that are drawn for it. Without stalls as soon as the block says."""
    bench = LocalNeuronBench(dut, source, sink)
    await bench.reset()
    count = await bench.send(_PASSES)
    await bench.scoreboard.finish(at_least=count)
    if source is sink is Stalls.NEVER:
        layer = bench.layer
        assert layer.local is not None, "the layer has no local units"
        compare = Neuron(bench.config, layer).compare_cycles
        gaps = {later - sooner for sooner, later in zip(bench.given.cycles[4:], bench.given.cycles[5:], strict=False)}
        # Drawing and comparison go on at the same time; in the long run the longer of the two is waited for.
        if layer.local.drawings == layer.vectors:
            assert gaps == {max(layer.column_groups * (1 + compare), 1 + layer.local.steps)}
        else:
            assert min(gaps) == layer.column_groups * (1 + compare)


@testcase()
async def a_reset_begins_a_pass(dut: Any) -> None:
    """At any moment; the sequences begin anew, and the thresholds are as they were."""
    await LocalNeuronBench(dut, Stalls.OFTEN, Stalls.OFTEN).survive_resets(_PASSES, longest=25)


@testcase()
async def rows_and_seeds_change_between_passes(dut: Any) -> None:
    """Every row holds what was written; missing ones are refused; nothing was drawn ahead with old ones."""
    bench = LocalNeuronBench(dut, Stalls.OFTEN, Stalls.OFTEN)
    await bench.reset()
    for _ in range(2):
        await bench.program_others()
        await bench.send(2)
        await bench.drain()
        await bench.reseed()
        await cycles(dut, _PASSES)
        bench.set_code(bench.rng.getrandbits(bench.config.random.draw_bits))
        await bench.send(2)
        await bench.drain()
    await bench.scoreboard.finish(at_least=8)
