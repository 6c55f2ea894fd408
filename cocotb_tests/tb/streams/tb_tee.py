"""Testbench of :class:`hdl.streams.Tee`."""

import functools
from typing import Any

import cocotb
from amaranth import unsigned

from cocotb_tests.agents.agents import StreamDriver, StreamMonitor, StreamSink
from cocotb_tests.agents.clocking import cycles, reset, start_clock
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.scoreboard import Scoreboard
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase

_BEATS = 60


class _Bench:
    """A driver, two sinks and a scoreboard for each."""

    def __init__(self, dut: Any, parameters: Parameters, source: Stalls, first: Stalls, second: Stalls):
        start_clock(dut)
        self.dut = dut
        self.rng = parameters.rng(source, first, second)
        self.width: int = parameters.values["width"]
        shape = unsigned(self.width)
        self.driver = StreamDriver(dut, "i", shape, source.pattern(self.rng))
        self.boards = {name: Scoreboard(dut, name) for name in ("first", "second")}
        self.taken = StreamMonitor(dut, "i", shape, self._take)
        self.given: list[tuple[str, int]] = []
        dut.only_second.value = 0
        for name, stalls in (("first", first), ("second", second)):
            StreamSink(dut, name, stalls.pattern(self.rng))
            StreamMonitor(dut, name, shape, functools.partial(self._give, name))

    def _take(self, beat: int) -> None:
        for board in self.boards.values():
            board.expect(beat)

    def _give(self, name: str, beat: int) -> None:
        self.given.append((name, beat))

    async def send(self, count: int) -> None:
        await self.driver.send_all(self.rng.getrandbits(self.width) for _ in range(count))

    async def finish(self, at_least: int) -> None:
        """Compare: a reader may have had its beat some cycles before the beat was taken."""
        await cycles(self.dut, 2)
        for name, beat in self.given:
            self.boards[name].observe(beat)
        for board in self.boards.values():
            await board.finish(at_least=at_least)


@testcase()
@cocotb.parametrize(source=list(Stalls), first=list(Stalls), second=list(Stalls))
async def both_get_every_beat(dut: Any, source: Stalls, first: Stalls, second: Stalls) -> None:
    """In order, once, whoever is slower."""
    bench = _Bench(dut, Parameters.load(), source, first, second)
    await reset(dut)
    await bench.send(_BEATS)
    await bench.finish(_BEATS)
    if source is first is second is Stalls.NEVER:
        # Without stalls there is a beat a cycle.
        assert bench.taken.cycles[-1] - bench.taken.cycles[0] == _BEATS - 1


@testcase()
@cocotb.parametrize(source=list(Stalls), second=list(Stalls))
async def one_reader_alone(dut: Any, source: Stalls, second: Stalls) -> None:
    """The first gets nothing and is not waited for, whatever it does; afterwards both get everything again."""
    bench = _Bench(dut, Parameters.load(), source, Stalls.BURSTS, second)
    first = bench.boards.pop("first")
    dut.only_second.value = 1
    await reset(dut)
    await bench.send(_BEATS)
    await bench.finish(_BEATS)
    assert [name for name, _ in bench.given] == ["second"] * _BEATS
    dut.only_second.value = 0
    bench.boards["first"] = first
    bench.given.clear()
    await bench.send(_BEATS)
    for board in bench.boards.values():
        board.matched = 0
    await bench.finish(_BEATS)


@testcase()
async def a_reset_forgets_who_was_served(dut: Any) -> None:
    """After a reset both get the next beat, though one reader had the last already."""
    bench = _Bench(dut, Parameters.load(), Stalls.NEVER, Stalls.BURSTS, Stalls.BURSTS)
    for count in range(1, 12):
        await reset(dut)
        bench.given.clear()
        for board in bench.boards.values():
            board.forget()
        sending = cocotb.start_soon(bench.send(count))
        await cycles(dut, bench.rng.randint(1, 2 * count))
        sending.cancel()
        bench.driver.idle()
    await reset(dut)
    bench.given.clear()
    for board in bench.boards.values():
        board.forget()
    await bench.send(_BEATS)
    await bench.finish(_BEATS)
