"""Testbench of :class:`hdl.results.LogitCorrection`."""

from typing import Any

import cocotb
import torch
from cocotb.triggers import FallingEdge, ReadOnly

from cocotb_tests.agents.beats import pack, unpack
from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.stream_bench import StreamBench
from golden.model import correct
from hdl.results import Correction
from hdl.streams import Logit, Preactivation

_PASSES = 40
_LATENCY = 5


class _Bench(StreamBench):
    """Agents, and a model of the constants."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        program = parameters.contents
        self.dut = dut
        self.config = parameters.core
        self.logits = self.config.logits
        self.rng = parameters.rng(source, sink)
        columns = (program.gains.tolist(), program.offsets.tolist(), program.shifts.tolist())
        self.constants = list(zip(*columns, strict=True))
        drive(dut, write=0, read=0, index=0, constants=0)
        shapes = (Preactivation(self.config), Logit(self.config))
        super().__init__(dut, shapes, self._model, rng=self.rng, source=source, sink=sink)

    async def send(self, passes: int) -> None:
        """Send classes in order, with random values and both extremes."""
        most = self.config.layers[-1].count_max
        for _ in range(passes):
            last = self.rng.getrandbits(1)
            for index in range(self.config.network.classes):
                z = self.rng.choice((-most, most, self.rng.randint(-most, most)))
                await self.send_one(z, index, last)

    async def send_one(self, z: int, index: int, last: int) -> None:
        """Send a pre-activation, of a pass with any weight where passes have some."""
        weight = {"weight": self.rng.getrandbits(self.config.pass_weight_width)} if self.config.passes_weighted else {}
        await self.driver.send({"z": z, "index": index, "last": last, **weight})

    async def store(self, index: int, gain: int, offset: int, shift: int) -> None:
        """Set the constants of a class."""
        packed = pack(Correction(self.config), {"gain": gain, "offset": offset, "shift": shift})
        drive(self.dut, write=1, index=index, constants=packed)
        await FallingEdge(self.dut.clk)
        drive(self.dut, write=0, constants=0)
        self.constants[index] = (gain, offset, shift)

    async def check_stored(self, index: int) -> None:
        """Read the constants of a class back."""
        drive(self.dut, read=1, index=index)
        await FallingEdge(self.dut.clk)
        drive(self.dut, read=0, index=0)
        await ReadOnly()
        stored = unpack(Correction(self.config), int(self.dut.stored.value))
        assert tuple(stored.values()) == self.constants[index], f"class {index} holds {stored}"
        await FallingEdge(self.dut.clk)

    def _model(self, beat: dict[str, int]) -> list[dict[str, int]]:
        gain, offset, shift = (torch.tensor([constant]) for constant in self.constants[beat["index"]])
        value = correct(torch.tensor([[beat["z"]]]), gain, offset, shift, self.logits)
        return [{name: member for name, member in beat.items() if name != "z"} | {"value": int(value)}]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def logits_are_corrected(dut: Any, source: Stalls, sink: Stalls) -> None:
    """With the initial constants; without stalls a logit a cycle, five cycles after it was taken."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(_PASSES)
    beats = _PASSES * bench.config.network.classes
    await bench.scoreboard.finish(at_least=beats)
    if source is sink is Stalls.NEVER:
        assert bench.given.cycles[0] == bench.taken.cycles[0] + _LATENCY
        assert bench.given.cycles[-1] - bench.given.cycles[0] == beats - 1


@testcase()
async def constants_are_loaded(dut: Any) -> None:
    """Every shift, the extremes of gain and offset, both saturations; read back class by class."""
    bench = _Bench(dut)
    logits, rng = bench.logits, bench.rng
    gains, offsets = 2 ** (logits.gain_width - 1), 2 ** (logits.offset_width - 1)
    await bench.reset()
    for shift in range(logits.max_shift + 1):
        for index in range(bench.config.network.classes):
            gain = rng.choice((-gains, gains - 1, rng.randrange(-gains, gains)))
            offset = rng.choice((-offsets, offsets - 1, rng.randrange(-offsets, offsets)))
            await bench.store(index, gain, offset, shift)
        for index in range(bench.config.network.classes):
            await bench.check_stored(index)
        await bench.send(4)
        while bench.scoreboard.pending:
            await FallingEdge(dut.clk)
    await bench.scoreboard.finish(at_least=4 * bench.config.network.classes * (logits.max_shift + 1))


@testcase()
async def saturation_and_rounding_are_exact(dut: Any) -> None:
    """Values just inside and just outside the range of a logit, and just below and at a half."""
    bench = _Bench(dut)
    logits, rng, most = bench.logits, bench.rng, bench.config.layers[-1].count_max
    gains, offsets = 2 ** (logits.gain_width - 1), 2 ** (logits.offset_width - 1)
    await bench.reset()
    for _ in range(_PASSES):
        for index in range(bench.config.network.classes):
            shift = rng.randint(0, logits.max_shift)
            # The sum at which the logit becomes one more, or the one before it.
            logit = rng.choice((logits.lowest, logits.highest)) + rng.randint(-1, 2)
            total = (logit << shift) - (1 << shift >> 1) - rng.getrandbits(1)
            gain, z = rng.randrange(-gains, gains), rng.randint(-most, most)
            offset = min(max(total - gain * z, -offsets), offsets - 1)
            await bench.store(index, gain, offset, shift)
            await bench.send_one(z, index, 1)
            # Constants are written only while nothing is in the pipeline.
            await cycles(dut, _LATENCY)
    await bench.scoreboard.finish(at_least=_PASSES * bench.config.network.classes)


@testcase()
async def a_reset_keeps_the_constants(dut: Any) -> None:
    """Logits in the pipeline are forgotten."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    await bench.reset()
    # Another test may have changed them all.
    for index, constants in enumerate(bench.constants):
        await bench.store(index, *constants)
    for _ in range(6):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_PASSES))
        await cycles(dut, bench.rng.randint(1, 20))
        sending.cancel()
    await bench.reset()
    await bench.send(_PASSES)
    await bench.scoreboard.finish(at_least=_PASSES)
