"""Testbench of :class:`hdl.streams.QueuedBranch`."""

from typing import Any

import cocotb
from amaranth import unsigned

from cocotb_tests.agents.agents import StreamMonitor, StreamSink
from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.early_scoreboard import EarlyScoreboard
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.tags import random_tag
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.stream_bench import StreamBench
from hdl.streams import Activations

_BEATS = 60


class _Bench(StreamBench):
    """Agents around the branch; one reader may have a vector before it is taken."""

    def __init__(self, dut: Any, source: Stalls, sink: Stalls, branch: Stalls):
        parameters = Parameters.load()
        self.config, self.width = parameters.core, parameters.values["width"]
        self.rng = parameters.rng(source, sink, branch)
        self.branched = EarlyScoreboard(dut, "branch")
        shape = Activations(self.config, self.width)
        super().__init__(
            dut, (shape, shape), self._model, rng=self.rng, source=source, sink=sink, scoreboard=EarlyScoreboard
        )
        StreamSink(dut, "branch", branch.pattern(self.rng))
        self.queued = StreamMonitor(dut, "branch", unsigned(self.width), self.branched.observe)

    def _model(self, beat: dict[str, Any]) -> list[Any]:
        self.branched.expect(beat["bits"])
        return [beat]

    async def reset(self) -> None:
        await super().reset()
        self.branched.forget()
        self.scoreboard.matched = self.branched.matched = 0

    async def send(self, count: int) -> None:
        for _ in range(count):
            await self.driver.send({"bits": self.rng.getrandbits(self.width), "tag": random_tag(self.config, self.rng)})

    async def finish(self, at_least: int) -> None:
        for board in (self.scoreboard, self.branched):
            await board.finish(at_least=at_least)


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls), branch=list(Stalls))
async def both_get_every_vector(dut: Any, source: Stalls, sink: Stalls, branch: Stalls) -> None:
    """In order, once, whoever is slower; without stalls a vector a cycle, at the branch two cycles later."""
    bench = _Bench(dut, source, sink, branch)
    await bench.reset()
    await bench.send(_BEATS)
    await bench.finish(_BEATS)
    if source is sink is branch is Stalls.NEVER:
        taken = bench.taken.cycles
        assert taken == list(range(taken[0], taken[0] + _BEATS))
        assert bench.given.cycles == taken
        assert bench.queued.cycles == [cycle + 2 for cycle in taken]


@testcase()
async def a_reset_empties_it(dut: Any) -> None:
    """At any moment, whoever had the vector already."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.BURSTS, Stalls.BURSTS)
    for _ in range(12):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_BEATS))
        await cycles(dut, bench.rng.randint(1, 12))
        sending.cancel()
    await bench.reset()
    await bench.send(_BEATS)
    await bench.finish(_BEATS)
