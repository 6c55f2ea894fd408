"""Testbench of :class:`hdl.inputs.PixelBuffer`."""

from typing import Any

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.agents.word_lines import WordLineReader
from cocotb_tests.benches.pixel_bench import PixelBench

_INPUTS = 8


class _Bench(PixelBench):
    """A reader of the word lines."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        super().__init__(dut, lambda pixels: [pixels[: self.config.network.inputs]], source, sink)
        layer = self.config.layers[0]
        self.reader = WordLineReader(dut, "o", self.config, layer, sink.pattern(self.rng), self.rng, self._observe)

    async def send_inputs(self, count: int) -> None:
        """Send random inputs."""
        await self.send(count * self.config.beats_per_input)

    def _observe(self, vector: dict[str, Any]) -> None:
        # There is no pass yet, so the tag is not looked at.
        self.scoreboard.observe(vector["values"])


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def planes_are_those_of_the_pixels(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Every bit plane of every input, each input started once, the first offered one cycle after its last beat."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send_inputs(_INPUTS)
    await bench.scoreboard.finish(at_least=_INPUTS)
    assert bench.started == _INPUTS
    assert bench.reader.first[0] == bench.taken.cycles[bench.config.beats_per_input - 1] + 1


@testcase()
async def two_inputs_fit(dut: Any) -> None:
    """While disabled it takes a beat a cycle until two inputs are there, offers none, and then takes no more."""
    bench = _Bench(dut)
    await bench.reset()
    drive(dut, enable=0)
    sending = cocotb.start_soon(bench.send_inputs(_INPUTS))
    beats = 2 * bench.config.beats_per_input
    await cycles(dut, 3 * beats)
    first = bench.taken.cycles[0]
    assert bench.taken.cycles == list(range(first, first + beats))
    assert not bench.reader.first
    drive(dut, enable=1)
    await sending
    await bench.scoreboard.finish(at_least=_INPUTS)


@testcase()
async def a_started_input_is_finished(dut: Any) -> None:
    """Disabling while an input is read stops the next one and not this one."""
    bench = _Bench(dut, Stalls.NEVER, Stalls.OFTEN)
    await bench.reset()
    sending = cocotb.start_soon(bench.send_inputs(_INPUTS))
    for count in range(1, _INPUTS + 1):
        drive(dut, enable=1)
        while bench.started < count:
            await FallingEdge(dut.clk)
        drive(dut, enable=0)
        await cycles(dut, 10 * bench.config.layers[0].reads + 20)
        assert bench.started == count
        assert bench.scoreboard.matched == count
        await ReadOnly()
        assert not dut.o__valid.value
        await FallingEdge(dut.clk)
    await sending
    await bench.scoreboard.finish(at_least=_INPUTS)


@testcase()
@cocotb.parametrize(sink=list(Stalls))
async def an_unfinished_input_is_discarded(dut: Any, sink: Stalls) -> None:
    """After any number of its beats, while the inputs before it are read; the next beat is the first of an input."""
    bench = _Bench(dut, Stalls.NEVER, sink)
    await bench.reset()
    beats, width = bench.config.beats_per_input, bench.config.ports.pixels_per_beat
    highest = bench.config.layers[0].plane_gain
    for index in range(_INPUTS):
        await bench.send_inputs(1)
        for _ in range(index % beats if index % 3 else beats - 1):
            await bench.driver.send({"pixels": [bench.rng.randint(0, highest) for _ in range(width)]})
        drive(dut, discard=1)
        bench.pixels.clear()
        await FallingEdge(dut.clk)
        drive(dut, discard=0)
    await bench.scoreboard.finish(at_least=_INPUTS)


@testcase()
async def a_reset_empties_it(dut: Any) -> None:
    """At any moment; the next beat is the first of an input."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    for _ in range(_INPUTS):
        await bench.reset()
        sending = cocotb.start_soon(bench.send_inputs(_INPUTS))
        await cycles(dut, bench.rng.randint(1, 4 * bench.config.beats_per_input))
        sending.cancel()
    await bench.reset()
    bench.scoreboard.matched = 0
    await bench.send_inputs(_INPUTS)
    await bench.scoreboard.finish(at_least=_INPUTS)
