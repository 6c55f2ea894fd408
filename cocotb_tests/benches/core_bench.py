"""Bench of a core."""

from collections import deque
from typing import Any

import torch
from cocotb.triggers import FallingEdge

from golden.model import core_model, results, weighted_logits
from hdl.config import Measure
from hdl.contract import Program
from hdl.streams import Logit, PixelBeat, Result

from ..agents.agents import StreamDriver, StreamMonitor, StreamSink
from ..agents.beats import result_beats
from ..agents.clocking import reset, start_clock
from ..agents.entropy import EntropySource
from ..agents.parameters import Parameters
from ..agents.port_monitor import drive
from ..agents.register_port import RegisterPort
from ..agents.scoreboard import Scoreboard
from ..agents.stalls import Stalls
from .logit_beats import logit_beats

__all__ = ["CoreBench"]


class CoreBench:
    """Agents of all ports, and the integer model.

    The model gets the pixels that the input monitor saw.

    Parameters
    ----------
    dut
        Core under test.
    source, sink
        Stalls of pixels, and of logits and results.
    ports
        Stalls of both sides of the register port.
    """

    def __init__(
        self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER, ports: Stalls = Stalls.NEVER
    ):
        start_clock(dut)
        self.dut = dut
        self.parameters = Parameters.load()
        self.config = config = self.parameters.core
        self.rng = self.parameters.rng(source, sink, ports)
        drive(dut, short_packet=0, long_packet=0)
        self.registers = RegisterPort(dut, self.parameters, self.rng, ports)
        self.pixels = StreamDriver(dut, "pixels", PixelBeat(config), source.pattern(self.rng))
        self.entropy = EntropySource(dut, config, source.pattern(self.rng)) if config.stochastic.external else None
        """Source of draws from outside; stalls like the pixels."""
        self.logits = Scoreboard(dut, "logits")
        self.results = Scoreboard(dut, "results")
        self.started = 0
        """Inputs with any output since the last reset."""
        self._beats: list[int] = []
        self._inputs: deque[list[int]] = deque()
        for name in ("logits", "results"):
            StreamSink(dut, name, sink.pattern(self.rng))
        StreamMonitor(dut, "pixels", PixelBeat(config), self._take)
        StreamMonitor(dut, "logits", Logit(config), self._logit)
        StreamMonitor(dut, "results", Result(config), self._result)
        self.load(self.parameters.contents)
        self.passes = config.bayes.passes
        self.unknown: tuple[Measure, int] | None = None
        """Measure and threshold of "don't know", if not those after reset."""
        self.exact = False
        """Whether the core is in the exact mode."""
        self.logits_wanted = True
        """Whether the stream of logits is on."""

    @property
    def waiting(self) -> int:
        """Inputs that the core has taken, without any output yet."""
        return len(self._inputs)

    def load(self, program: Program, *, first_pass: int = 0) -> None:
        """Expect the results of ``program`` from the next input on, ``first_pass`` passes after its seed."""
        self.program = program
        self.passes_done = first_pass
        self._model = core_model(program)

    async def reset(self, memories: Program | None = None) -> None:
        """Reset, whatever the core is doing: registers are as at first, ``memories`` as they were."""
        self.pixels.idle()
        self.registers.idle()
        drive(self.dut, short_packet=0, long_packet=0)
        if self.entropy is not None:
            self.entropy.stop()
        await reset(self.dut)
        if self.entropy is not None:
            self.entropy.start()
        self._beats.clear()
        self._inputs.clear()
        self.started = 0
        for scoreboard in (self.logits, self.results):
            scoreboard.forget()
            scoreboard.matched = 0
        self.load(memories or self.parameters.contents)
        self.passes = self.config.bayes.passes
        self.unknown = None
        self.exact = False
        self.logits_wanted = True

    async def send(self, count: int) -> None:
        """Send inputs of random pixels, one of them all dark and one all bright."""
        highest = self.config.layers[0].plane_gain
        beats, width = self.config.beats_per_input, self.config.ports.pixels_per_beat
        for index in range(count):
            ends = [(0, 0), (highest, highest), (0, highest)]
            lowest, brightest = ends[min(index, 2)] if count > len(ends) else ends[-1]
            for _ in range(beats):
                await self.pixels.send({"pixels": [self.rng.randint(lowest, brightest) for _ in range(width)]})

    async def discard(self, *, long: bool) -> None:
        """Say that the beats since the last complete input were no input."""
        drive(self.dut, short_packet=not long, long_packet=long)
        await FallingEdge(self.dut.clk)
        drive(self.dut, short_packet=0, long_packet=0)
        self._beats.clear()

    async def finish(self, *, inputs: int) -> None:
        """Wait for the outputs of all inputs taken; ``inputs`` is how many these must be since the last reset."""
        while self._inputs:
            await FallingEdge(self.dut.clk)
        await self.results.finish(at_least=inputs * self.config.network.classes)
        if self.logits_wanted:
            await self.logits.finish()
        # A disabled stream must stay silent: nothing is expected then.
        assert self.started == inputs, f"{self.started} inputs came out, not {inputs}"

    def _take(self, beat: dict[str, Any]) -> None:
        self._beats += beat["pixels"]
        if len(self._beats) == self.config.beats_per_input * self.config.ports.pixels_per_beat:
            # Bits beyond the last pixel must not matter.
            self._inputs.append(self._beats[: self.config.network.inputs])
            self._beats.clear()

    def _expect(self) -> None:
        """Compute the next input: only now are passes, codes and weights certain to be its own."""
        assert self._inputs, "something came out for which no input was taken"
        pixels = torch.tensor([self._inputs.popleft()])
        masks = None
        if self.entropy is not None and not self.exact:
            masks = self.entropy.sequence.masks(self.program, self.passes)
        logits, weights = weighted_logits(
            self._model, pixels, passes=self.passes, exact=self.exact, first_pass=self.passes_done, masks=masks
        )
        if self.logits_wanted:
            self.logits.expect(*logit_beats(logits[0], None if weights is None else weights[0]))
        self.results.expect(*result_beats(results(logits, self.config, weights=weights, unknown=self.unknown)))
        self.passes_done += 0 if self.exact else self.passes
        self.started += 1

    def _logit(self, beat: dict[str, int]) -> None:
        if not self.logits.pending:
            self._expect()
        self.logits.observe(beat)

    def _result(self, beat: dict[str, int]) -> None:
        if not self.results.pending:
            self._expect()
        self.results.observe(beat)
