"""Testbench of :class:`hdl.inputs.LineDriver`."""

from typing import Any

import cocotb

from cocotb_tests.agents.agents import StreamDriver, StreamMonitor
from cocotb_tests.agents.clocking import cycles, reset, start_clock
from cocotb_tests.agents.lanes import from_bits, to_bits, to_lanes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import PortMonitor
from cocotb_tests.agents.scoreboard import Scoreboard
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.tags import random_tag
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.agents.word_lines import WordLineReader
from hdl.streams import Activations

_VECTORS = 16


class _Bench:
    """Agents around the line driver."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        start_clock(dut)
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self.layer = self.config.layers[parameters.values["layer"]]
        self.rng = parameters.rng(source, sink)
        self.scoreboard = Scoreboard(dut)
        self.width = self.layer.inputs * self.layer.input_bits
        shape = Activations(self.config, self.width)
        self.driver = StreamDriver(dut, "i", shape, source.pattern(self.rng))
        self.taken = StreamMonitor(dut, "i", shape, self._take)
        stalls = sink.pattern(self.rng)
        self.reader = WordLineReader(
            dut, "o", self.config, self.layer, stalls, self.rng, self.scoreboard.observe, undriven=0
        )
        PortMonitor(dut, ["i__valid", "o__valid"], self._offered)

    async def reset(self) -> None:
        """Reset, whatever is being read."""
        self.driver.idle()
        await reset(self.dut)
        self.scoreboard.forget()

    async def send(self, count: int) -> None:
        """Send random vectors."""
        for _ in range(count):
            await self.driver.send({"bits": self.rng.getrandbits(self.width), "tag": random_tag(self.config, self.rng)})

    def _offered(self, ports: dict[str, int]) -> None:
        assert ports["o__valid"] == ports["i__valid"], "a vector is offered exactly while it is there"

    def _take(self, beat: dict[str, Any]) -> None:
        bits, inputs = to_bits(beat["bits"], self.width), self.layer.inputs
        planes = [from_bits(bits[start : start + inputs]) for start in range(0, self.width, inputs)]
        self.scoreboard.expect({"values": to_lanes(planes, inputs), "tag": beat["tag"]})


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def lines_carry_the_activations(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Every bit on its line, 0 where there is none; the vector is offered at once and taken with its last read."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(_VECTORS)
    await bench.scoreboard.finish(at_least=_VECTORS)
    assert bench.taken.cycles == bench.reader.last


@testcase()
async def a_reset_is_survived(dut: Any) -> None:
    """At any moment; the next vector is read whole."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    for _ in range(_VECTORS):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_VECTORS))
        await cycles(dut, bench.rng.randint(1, 4 * bench.layer.reads))
        sending.cancel()
    await bench.reset()
    bench.scoreboard.matched = 0
    await bench.send(_VECTORS)
    await bench.scoreboard.finish(at_least=_VECTORS)
