"""Testbench of :class:`hdl.streams.StreamQueue`."""

from typing import Any

import cocotb
from amaranth import unsigned

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import PortMonitor
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.stream_bench import StreamBench

_BEATS = 60


class _Bench(StreamBench):
    """Agents around the queue, and the beats that are in it."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.values = parameters.values
        self.rng = parameters.rng(source, sink)
        shape = unsigned(self.values["width"])
        super().__init__(dut, (shape, shape), lambda beat: [beat], rng=self.rng, source=source, sink=sink)
        self.most = 0
        PortMonitor(dut, ("i__ready",), lambda _: self._count())

    def _count(self) -> None:
        self.most = max(self.most, len(self.taken.cycles) - len(self.given.cycles))

    async def send(self, count: int) -> None:
        await self.driver.send_all(self.rng.getrandbits(self.values["width"]) for _ in range(count))


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def beats_come_out_in_order(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Each once; without stalls a beat a cycle, as late as the block says."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(_BEATS)
    await bench.scoreboard.finish(at_least=_BEATS)
    if source is sink is Stalls.NEVER:
        taken, latency = bench.taken.cycles, bench.values["latency"]
        assert taken == list(range(taken[0], taken[0] + _BEATS))
        assert bench.given.cycles == [cycle + latency for cycle in taken]


@testcase()
async def it_fills_up(dut: Any) -> None:
    """With as many beats as it is deep, while nobody takes them."""
    bench = _Bench(dut, Stalls.NEVER, Stalls.BURSTS)
    await bench.reset()
    await bench.send(4 * _BEATS)
    await bench.scoreboard.finish(at_least=4 * _BEATS)
    assert bench.most == bench.values["depth"]


@testcase()
async def a_reset_empties_it(dut: Any) -> None:
    """At any moment."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.BURSTS)
    for _ in range(12):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_BEATS))
        await cycles(dut, bench.rng.randint(1, 12))
        sending.cancel()
    await bench.reset()
    bench.scoreboard.matched = 0
    await bench.send(_BEATS)
    await bench.scoreboard.finish(at_least=_BEATS)
