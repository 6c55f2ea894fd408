"""Testbench of :class:`hdl.neurons.ActivationDropout`."""

from typing import Any

import cocotb

from cocotb_tests.agents.lanes import from_bits
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.local_bench import LocalBench
from hdl.streams import Activations

_PASSES = 8


class _Bench(LocalBench):
    """Activations in, some of them dropped."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        config, index = Parameters.load().core, Parameters.load().values["layer"]
        shape = Activations(config, config.layers[index].outputs)
        super().__init__(dut, (shape, shape), source, sink)
        drive(dut, coming=0)

    def model(self, beat: dict[str, Any]) -> list[dict[str, Any]]:
        return [beat | {"bits": beat["bits"] & from_bits(self.meant())}]

    async def send(self, passes: int) -> int:
        """Send random activations; return the number of vectors."""
        count = passes * self.layer.vectors
        for _ in range(count):
            tag = {"mask": self.rng.getrandbits(self.config.stochastic.mask_width), "last": self.rng.getrandbits(1)}
            await self.driver.send({"bits": self.rng.getrandbits(self.layer.outputs), "tag": tag})
        return count


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def what_is_drawn_is_dropped(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Without stalls each drawing takes its steps, and a cycle in which the last vector before is taken."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    count = await bench.send(_PASSES)
    await bench.scoreboard.finish(at_least=count)
    assert bench.taken.cycles == bench.given.cycles
    if source is sink is Stalls.NEVER:
        assert bench.layer.local is not None, "the layer has no local units"
        gaps = [later - sooner for sooner, later in zip(bench.given.cycles, bench.given.cycles[1:], strict=False)]
        held = bench.draws.held
        expected = [1 if index % held else 1 + bench.layer.local.steps for index in range(1, count)]
        assert gaps == expected


@testcase()
async def a_reset_begins_a_pass(dut: Any) -> None:
    """At any moment; the sequences begin anew."""
    await _Bench(dut, Stalls.OFTEN, Stalls.OFTEN).survive_resets(_PASSES, longest=12)


@testcase()
async def codes_and_seeds_change_between_passes(dut: Any) -> None:
    """Nothing was drawn ahead with the old ones."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    await bench.reset()
    for _ in range(_PASSES):
        bench.set_code(bench.rng.getrandbits(bench.config.random.draw_bits))
        await bench.send(1)
        await bench.drain()
        await bench.reseed()
        await bench.send(1)
        await bench.drain()
    await bench.scoreboard.finish(at_least=2 * _PASSES)
