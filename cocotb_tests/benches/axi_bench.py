"""Bench of a core with AXI ports.

An independent implementation of the buses, and the models.
"""

import dataclasses
import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import cocotb
import torch
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

from golden.model import core_model, results, weighted_logits
from hdl.axi import Response, stream_width
from hdl.contract import Command, Program, Register, program_rows
from hdl.streams import Logit, PixelBeat, Result

from ..agents.beats import pack, result_beats, unpack
from ..agents.clocking import PERIOD, UNIT
from ..agents.entropy import EntropySequence
from ..agents.parameters import Parameters
from ..agents.stalls import Stalls
from .logit_beats import logit_beats
from .register_model import Orders, RegisterModel

__all__ = ["AxiBench"]

#: Clock cycles within which any access, and any input of a small core, is done.
_PATIENCE = 50_000

_WORD_BYTES = 4

#: Flag of an alarm, which depends on the draws.
_ALARM = 1 << 2


class AxiBench:
    """Masters of all ports of a core.

    Outputs are compared as they come, registers access by access.

    Parameters
    ----------
    dut
        Core with AXI ports.
    source, sink
        Stalls of pixels, and of results and logits.
    ports
        Stalls of the channels of the register bus.
    """

    def __init__(
        self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER, ports: Stalls = Stalls.NEVER
    ):
        self.dut = dut
        self.parameters = Parameters.load()
        self.config = self.parameters.core
        self.rng = self.parameters.rng(source, sink, ports)
        dut.aresetn.value = 1
        Clock(dut.aclk, PERIOD, unit=UNIT).start()
        reset = {"reset": dut.aresetn, "reset_active_level": False}
        self._lite = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axi"), dut.aclk, **reset)
        self._pixels = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), dut.aclk, **reset)
        self._results = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), dut.aclk, **reset)
        self._logits = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis_logits"), dut.aclk, **reset)
        self._entropy: AxiStreamSource | None = None
        if self.config.stochastic.external:
            self._entropy = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis_entropy"), dut.aclk, **reset)
        self.stall(source, sink, ports)
        self._forget(self.parameters.contents)

    def stall(self, source: Stalls, sink: Stalls, ports: Stalls) -> None:
        """Pause in these patterns from now on."""
        self._pixels.set_pause_generator(source.pattern(self.rng))
        if self._entropy is not None:
            self._entropy.set_pause_generator(source.pattern(self.rng))
        for stream in (self._results, self._logits):
            stream.set_pause_generator(sink.pattern(self.rng))
        write, read = self._lite.write_if, self._lite.read_if
        for channel in (write.aw_channel, write.w_channel, write.b_channel, read.ar_channel, read.r_channel):
            channel.set_pause_generator(ports.pattern(self.rng))

    def _forget(self, memories: Program) -> None:
        """Expect the state after a reset of a core with these contents."""
        self.model = RegisterModel(memories)
        self.load(memories)
        # Contents of the memories, which a reset keeps.
        self._rows: dict[tuple[int, ...], int] = {
            (row.line, row.group, row.tile, int(row.thresholds), row.layer): row.bits for row in program_rows(memories)
        }
        constants = (memories.gains, memories.offsets, memories.shifts)
        self._constants = list(zip(*(values.tolist() for values in constants), strict=True))
        self.compared = 0
        """Inputs whose results were compared since the last reset."""
        self._sent: deque[list[int]] = deque()
        self.sequence = EntropySequence(self.config)
        """Draws of the source, where they come from outside."""
        if self._entropy is not None:
            self._feeding = cocotb.start_soon(self._feed(self._entropy, self.sequence))

    def load(self, program: Program, *, first_pass: int = 0) -> None:
        """Expect the results of ``program`` from the next input on, ``first_pass`` passes after its seed."""
        self.program = program
        self.passes_done = first_pass
        self._integer_model = core_model(program)

    async def reset(self, memories: Program | None = None) -> None:
        """Reset, whatever the core is doing: registers are as at first, ``memories`` as they were."""
        self.dut.aresetn.value = 0
        if self._entropy is not None:
            self._feeding.cancel()
            self._entropy.clear()
        # The agents see a reset at an edge of its signal, and abandon their transfers.
        await ClockCycles(self.dut.aclk, 3)
        for stream in (self._pixels, self._results, self._logits):
            stream.clear()
        self.dut.aresetn.value = 1
        await ClockCycles(self.dut.aclk, 1)
        self._forget(memories or self.parameters.contents)

    def pixels(self) -> list[int]:
        """Return random pixels of one input, sometimes all dark or all bright."""
        highest = self.config.layers[0].plane_gain
        lowest, brightest = self.rng.choice(((0, highest), (0, highest), (0, 0), (highest, highest)))
        return [self.rng.randint(lowest, brightest) for _ in range(self.config.network.inputs)]

    def send(self, *inputs: Sequence[int]) -> None:
        """Send inputs, a packet each, and return at once."""
        for pixels in inputs:
            self._sent.append(list(pixels))
            self._pixels.send_nowait(AxiStreamFrame(b"".join(self._beats(pixels))))

    def send_malformed(self, beats: int) -> None:
        """Send a packet of a wrong number of beats."""
        assert beats != self.config.beats_per_input
        size = self._beat_bytes
        self._pixels.send_nowait(AxiStreamFrame(self.rng.randbytes(beats * size)))
        short = beats < self.config.beats_per_input
        self.model.fail(short=short, long=not short)

    @property
    def _beat_bytes(self) -> int:
        return stream_width(PixelBeat(self.config).size) // 8

    def _beats(self, pixels: Sequence[int]) -> Iterator[bytes]:
        """Yield the beats of an input; bits beyond the last pixel, and beyond a beat's pixels, are random."""
        layout, width = PixelBeat(self.config), self.config.ports.pixels_per_beat
        highest = self.config.layers[0].plane_gain
        missing = self.config.beats_per_input * width - len(pixels)
        padded = [*pixels, *(self.rng.randint(0, highest) for _ in range(missing))]
        for start in range(0, len(padded), width):
            bits = pack(layout, {"pixels": padded[start : start + width]})
            garbage = self.rng.getrandbits(8 * self._beat_bytes) >> layout.size << layout.size
            yield (bits | garbage).to_bytes(self._beat_bytes, "little")

    async def finish(self) -> None:
        """Compare until all inputs that were sent have come out."""
        while self._sent:
            await self.receive()
        # A malformed packet need not be the first that was sent.
        await self._soon(self._pixels.wait())
        await ClockCycles(self.dut.aclk, 6)
        assert self._results.empty(), "results came of an input that was not sent"
        assert self._logits.empty(), "logits came of an input that was not sent"

    async def receive(self) -> None:
        """Compare the next input."""
        pixels, model = torch.tensor([self._sent.popleft()]), self.model
        masks = None
        if self._entropy is not None and not model.exact:
            masks = self.sequence.masks(self.program, model.passes)
        logits, weights = weighted_logits(
            self._integer_model,
            pixels,
            passes=model.passes,
            exact=bool(model.exact),
            first_pass=self.passes_done,
            masks=masks,
        )
        if model.send_logits:
            expected = logit_beats(logits[0], None if weights is None else weights[0])
            assert await self._packet(self._logits, Logit(self.config)) == expected
        expected = result_beats(results(logits, self.config, weights=weights, unknown=self.model.unknown))
        assert await self._packet(self._results, Result(self.config)) == expected
        self.passes_done += 0 if model.exact else model.passes
        self.model.finish()
        self.compared += 1

    async def _feed(self, source: AxiStreamSource, sequence: EntropySequence) -> None:
        """Send draws for ever; bits beyond them are random."""
        width, bits = stream_width(self.config.stochastic.entropy_width), self.config.stochastic.entropy_width
        for index in itertools.count():
            garbage = self.rng.getrandbits(width) >> bits << bits
            await source.send(AxiStreamFrame((sequence[index] | garbage).to_bytes(width // 8, "little")))
            await source.wait()

    async def _packet(self, sink: AxiStreamSink, layout: Any) -> list[dict[str, int]]:
        """Take a packet apart; the bits above each beat must be 0."""
        frame = await self._soon(sink.recv())
        content, size = bytes(frame.tdata), stream_width(layout.size) // 8
        words = [int.from_bytes(content[start : start + size], "little") for start in range(0, len(content), size)]
        assert not any(word >> layout.size for word in words), "bits beyond the beat are set"
        return [unpack(layout, word) for word in words]

    async def access(
        self, address: int, value: int | None = None, *, strobe: int = 0b1111, expect: bool = True
    ) -> tuple[int, int]:
        """Write ``value``, or read where it is None; compare the answer with the model's and return both (data, error).

        ``strobe`` is a run of bytes. With ``expect`` false the model is not asked, since the answer depends on time.
        """
        first = (strobe & -strobe).bit_length() - 1
        length = strobe.bit_count()
        assert strobe >> first == (1 << length) - 1 > 0, "the master writes consecutive bytes"
        if value is None:
            answer = await self._soon(self._lite.read(address, _WORD_BYTES))
            data = int.from_bytes(answer.data, "little")
        else:
            content = (value >> 8 * first & (1 << 8 * length) - 1).to_bytes(length, "little")
            answer = await self._soon(self._lite.write(address + first, content))
            data = 0
        result = (data, int(answer.resp != Response.OKAY))
        assert int(answer.resp) in list(Response), f"{address:#x}: response {answer.resp}"
        if expect:
            request = {"address": address, "write": int(value is not None), "data": value or 0, "strobe": strobe}
            told, orders = self.model.access(request, self._answers())
            if address == Register.INTERRUPTS:
                result = (data & ~_ALARM, result[1])
            assert result == (told["data"], told["error"]), f"{request}: {result}, not {told}"
            self._carry_out(orders)
        return result

    async def compare_interrupt(self) -> None:
        """Compare the line with the flags and their mask, which the model has, some cycles after the last event."""
        await ClockCycles(self.dut.aclk, 3)
        assert self.dut.irq.value == self.model.interrupt

    async def write(self, address: int, value: int) -> None:
        """Write a value that is allowed."""
        _, error = await self.access(address, value)
        assert not error, f"writing {value:#x} to {address:#x} was refused"

    async def write_all(self, writes: Iterable[tuple[int, int]]) -> None:
        """Write registers, given as (address, value)."""
        for address, value in writes:
            await self.write(address, value)

    async def reseed(self, seed: int) -> None:
        """Let every stochastic unit start from ``seed``; 0 is refused, and the sequence goes on."""
        states = self.config.stochastic.seeds(seed) if seed else (seed,)
        for unit, state in enumerate(states):
            await self.write(Register.UNIT, unit)
            await self.write(Register.SEED_LOW, state % 2**32)
            await self.write(Register.SEED_HIGH, state >> 32)
            await self.access(Register.COMMAND, Command.RESEED)

    async def quiet(self) -> None:
        """Disable the core and wait until it is idle and all outputs have been compared."""
        await self.write(Register.CONTROL, 0)
        while (await self.access(Register.STATUS, expect=False))[0]:
            pass
        finished, _ = await self.access(Register.INPUTS, expect=False)
        while self.model.inputs < finished:
            await self.receive()

    def _answers(self) -> Orders:
        """Return the answers of the blocks of the core to a command."""
        place = tuple(self.model.place.values())
        index = self.model.class_index
        return Orders(
            reply={"row": self._rows.get(place, 0), "error": int(place not in self._rows)},
            constants=dict(zip(("gain", "offset", "shift"), self._constants[index], strict=True)),
        )

    def _carry_out(self, orders: Orders) -> None:
        """Apply a command to the models."""
        for command in orders.rows:
            place = tuple(command["address"].values())
            if command["write"] and place in self._rows:
                self._rows[place] = command["row"]
        # The states of the other units follow from that of the first, which is the seed itself.
        for seed in orders.loads if self.model.unit == 0 else ():
            self.load(dataclasses.replace(self.program, seed=seed))
        for stored in orders.stored:
            self._constants[stored["index"]] = (stored["gain"], stored["offset"], stored["shift"])

    async def _soon(self, waiting: Any) -> Any:
        """Wait for something that cannot take long."""
        return await with_timeout(waiting, _PATIENCE * PERIOD, UNIT)
