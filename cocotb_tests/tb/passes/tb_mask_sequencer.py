"""Testbench of :class:`hdl.passes.MaskSequencer`."""

import functools
from typing import Any

import cocotb
import torch
from cocotb.task import Task
from cocotb.triggers import FallingEdge

from cocotb_tests.agents.agents import StreamDriver, StreamMonitor, StreamSink
from cocotb_tests.agents.clocking import cycles, reset, start_clock
from cocotb_tests.agents.lanes import from_bits
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.scoreboard import Scoreboard
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from golden.model import exact_weights, places

_INPUTS = 4


class _Bench:
    """Starts and draws on one side, a sink opposite.

    The sink takes weights and masks. Weights and masks are compared together: all weights of an input come before its
    masks.
    """

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.dut = dut
        self.config = config = parameters.core
        self.rng = parameters.rng(source, sink)
        self.scoreboard = Scoreboard(dut)
        self.passes = 1
        self._exact = False
        self._drawn: list[int] = []
        self._drawing: Task | None = None
        self._places = [from_bits(mask) for mask in places(config).tolist()]
        start_clock(dut)
        drive(dut, started=0, passes=1, exact=0)
        self._masks = StreamDriver(dut, "mask", config.stochastic.mask_width, source.pattern(self.rng))
        StreamMonitor(dut, "mask", config.stochastic.mask_width, self._draw)
        for name, width in (("weights", config.pass_weight_width), ("o", config.stochastic.masks)):
            StreamSink(dut, name, sink.pattern(self.rng))
            StreamMonitor(dut, name, width, functools.partial(self._observe, name))

    async def reset(self) -> None:
        """Reset, whatever is going on."""
        if self._drawing is not None:
            self._drawing.cancel()
        drive(self.dut, started=0)
        self._masks.idle()
        await reset(self.dut)
        self.scoreboard.forget()
        self._drawn.clear()

    async def run(self, *, passes: int = 1, exact: bool = False) -> None:
        """Start inputs in a mode, each at any time after the one before; codes are any."""
        config, rng = self.config, self.rng
        self.passes, self._exact = passes, exact
        highest = 2**config.random.draw_bits - 1
        self._codes = [rng.choice((0, highest, rng.randint(0, highest))) for _ in range(config.stochastic.mask_width)]
        ports = {f"codes__{bit}": code for bit, code in enumerate(self._codes)}
        drive(self.dut, passes=passes, exact=int(exact), **ports)
        if not exact:
            drawn = [rng.choice((0, rng.randrange(config.stochastic.masks))) for _ in range(_INPUTS * passes)]
            self._drawing = cocotb.start_soon(self._masks.send_all(drawn))
        for _ in range(_INPUTS):
            await cycles(self.dut, rng.choice((0, 1, 50)))
            drive(self.dut, started=1)
            await FallingEdge(self.dut.clk)
            drive(self.dut, started=0)
            if exact:
                self._expect(exact_weights(config, torch.tensor(self._codes)).tolist())

    async def finish(self, inputs: int) -> None:
        """Wait until everything that was started has come out."""
        if self._drawing is not None:
            await self._drawing
            # The last masks are counted before anything of them is expected.
            await cycles(self.dut, 2)
        await self.scoreboard.finish(at_least=2 * inputs)

    def _observe(self, name: str, beat: int) -> None:
        self.scoreboard.observe((name, beat))

    def _draw(self, mask: int) -> None:
        assert not self._exact, "a mask was drawn in the exact mode"
        self._drawn.append(mask)
        if len(self._drawn) == self.passes:
            self._expect([self._drawn.count(mask) for mask in self._places])
            self._drawn.clear()

    def _expect(self, weights: list[int]) -> None:
        self.scoreboard.expect(*(("weights", weight) for weight in weights if weight))
        self.scoreboard.expect(("o", sum(1 << place for place, weight in enumerate(weights) if weight)))


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def masks_are_counted(dut: Any, source: Stalls, sink: Stalls) -> None:
    """For one pass, the most and any number."""
    bench = _Bench(dut, source, sink)
    most = bench.config.bayes.max_passes
    await bench.reset()
    for index, passes in enumerate((1, most, bench.rng.randint(1, most)), start=1):
        await bench.run(passes=passes)
        await bench.finish(index * _INPUTS)


@testcase()
@cocotb.parametrize(sink=list(Stalls))
async def masks_are_weighed(dut: Any, sink: Stalls) -> None:
    """With their probabilities, whatever the codes are."""
    bench = _Bench(dut, sink=sink)
    await bench.reset()
    for index in range(1, 4):
        await bench.run(exact=True)
        await bench.finish(index * _INPUTS)


@testcase()
async def modes_alternate(dut: Any) -> None:
    """Between inputs."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    await bench.reset()
    for index in range(1, 7):
        await bench.run(passes=bench.rng.randint(1, bench.config.bayes.max_passes), exact=bool(index % 2))
        await bench.finish(index * _INPUTS)


@testcase()
async def a_reset_begins_with_nothing(dut: Any) -> None:
    """Neither inputs that wait nor masks that were counted are left."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    most = bench.config.bayes.max_passes
    for turn in range(6):
        await bench.reset()
        running = cocotb.start_soon(bench.run(passes=most, exact=bool(turn % 2)))
        await cycles(dut, bench.rng.randint(1, 4 * (most + bench.config.stochastic.masks)))
        running.cancel()
    await bench.reset()
    matched = bench.scoreboard.matched
    await bench.run(passes=most)
    await bench.finish(matched // 2 + _INPUTS)
