"""Testbench of :class:`hdl.stochastic.LocalStochasticUnits`."""

from typing import Any

import cocotb
from amaranth.lib import data
from cocotb.triggers import FallingEdge

from cocotb_tests.agents.agents import StreamMonitor, StreamSink
from cocotb_tests.agents.clocking import cycle, cycles, reset, start_clock
from cocotb_tests.agents.lanes import to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.scoreboard import Scoreboard
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.local_draws import LocalDraws
from hdl.config import LocalUnits

_DRAWINGS = 30


class _Bench:
    """Demand on one side, a sink on the other.

    A value is the draw itself.
    """

    def __init__(self, dut: Any, wanted: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self.layer = self.config.layers[parameters.values["layer"]]
        assert self.layer.local is not None, "the layer has no local units"
        self.local: LocalUnits = self.layer.local
        self.rng = parameters.rng(wanted, sink)
        self.draws = LocalDraws(self.config, self.layer)
        self.scoreboard = Scoreboard(dut, "drawn")
        self._width = self.config.random.draw_bits
        start_clock(dut)
        drive(dut, demand=0, reseed__load=0, reseed__seed=0, **{f"values__{bit}": 0 for bit in range(self._width)})
        cocotb.start_soon(self._mean())
        self._wanted = wanted.pattern(self.rng)
        self.blocked = False
        StreamSink(dut, "drawn", (self.blocked or paused for paused in sink.pattern(self.rng)))
        shape = data.ArrayLayout(self.layer.outputs, self._width)
        self.given = StreamMonitor(dut, "drawn", shape, self.scoreboard.observe, revoke="reseed__load")

    async def _mean(self) -> None:
        while True:
            await FallingEdge(self.dut.clk)
            values = [getattr(self.dut, f"draws__{unit}").value for unit in range(self.local.units)]
            if all(value.is_resolvable for value in values):
                planes = to_planes([value.to_unsigned() for value in values], self._width)
                drive(self.dut, **{f"values__{bit}": plane for bit, plane in enumerate(planes)})

    async def reset(self) -> None:
        """Reset, and start all sequences again."""
        drive(self.dut, demand=0, reseed__load=0)
        await reset(self.dut)
        self.scoreboard.forget()
        self.draws.reset()

    async def load(self, states: list[int]) -> None:
        """Load every unit, one after the other, whatever is going on."""
        drive(self.dut, demand=self.rng.getrandbits(1))
        for unit, state in enumerate(states):
            drive(self.dut, reseed__load=1 << unit, reseed__seed=state)
            await FallingEdge(self.dut.clk)
        drive(self.dut, demand=0, reseed__load=0, reseed__seed=self.rng.getrandbits(self.config.random.lfsr_width))

    def expect(self, count: int) -> None:
        """Expect the next drawings."""
        for _ in range(count):
            self.scoreboard.expect(to_planes(self.draws.draw(), self._width))

    async def want(self, count: int) -> None:
        """Demand values, with pauses, until ``count`` more have been taken."""
        target = self.scoreboard.matched + count
        while self.scoreboard.matched < target:
            drive(self.dut, demand=int(not next(self._wanted)))
            await FallingEdge(self.dut.clk)
        drive(self.dut, demand=0)


@testcase()
@cocotb.parametrize(wanted=list(Stalls), sink=list(Stalls))
async def draws_follow_the_seeds(dut: Any, wanted: Stalls, sink: Stalls) -> None:
    """The same whatever the pauses on either side."""
    bench = _Bench(dut, wanted, sink)
    await bench.reset()
    bench.expect(_DRAWINGS)
    await bench.want(_DRAWINGS)
    await bench.scoreboard.finish(at_least=_DRAWINGS)
    if wanted is sink is Stalls.NEVER:
        # A draw a cycle, and one in which the values are taken.
        gaps = {later - sooner for sooner, later in zip(bench.given.cycles, bench.given.cycles[1:], strict=False)}
        assert gaps == {bench.local.steps + 1}


@testcase()
async def nothing_comes_unwanted(dut: Any) -> None:
    """And then after as many cycles as there are steps."""
    bench = _Bench(dut)
    await bench.reset()
    await cycles(dut, 20)
    bench.expect(1)
    wanted = cycle()
    drive(dut, demand=1)
    while not bench.scoreboard.matched:
        await FallingEdge(dut.clk)
        if cycle() == wanted + bench.local.steps:
            drive(dut, demand=0)
    assert bench.given.cycles == [wanted + bench.local.steps]
    await bench.scoreboard.finish()


@testcase()
async def a_reset_begins_all_sequences_anew(dut: Any) -> None:
    """Wherever the draws were, and whatever was loaded."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    for _ in range(6):
        bench.blocked = True
        await bench.load([bench.rng.randrange(1, 2**bench.config.random.lfsr_width) for _ in range(bench.local.units)])
        drive(dut, demand=1)
        await cycles(dut, bench.rng.randint(1, 2 * bench.local.steps))
        await bench.reset()
        bench.blocked = False
        bench.expect(6)
        await bench.want(6)
    await bench.scoreboard.finish(at_least=6 * 6)


@testcase()
async def seeds_are_loaded_at_any_time(dut: Any) -> None:
    """Amid a drawing, or while values wait: the sequences begin anew. Seeds of 0 change nothing."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    await bench.reset()
    for _ in range(8):
        # Values that are ready or half drawn, and that nobody takes.
        bench.blocked = True
        await cycles(dut, 2)
        drive(dut, demand=1)
        await cycles(dut, bench.rng.randint(1, 2 * bench.local.steps + 2))
        states = [bench.rng.randrange(1, 2**bench.config.random.lfsr_width) for _ in range(bench.local.units)]
        await bench.load(states)
        bench.draws.load(states)
        bench.blocked = False
        bench.expect(5)
        await bench.want(3)
        drive(dut, reseed__load=1, reseed__seed=0)
        await FallingEdge(dut.clk)
        drive(dut, reseed__load=0)
        await bench.want(2)
    await bench.scoreboard.finish(at_least=8 * 5)
