"""Transport of the driver to a simulated core."""

import random
from collections.abc import Sequence
from typing import Any

from cocotb.clock import Clock
from cocotb.task import resume
from cocotb.triggers import ClockCycles, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource

from hdl.axi import Response

from .clocking import PERIOD, UNIT
from .stalls import Stalls

__all__ = ["AxiTransport"]

#: Clock cycles within which any access, and any input of a small core, is done.
_PATIENCE = 50_000

_WORD_BYTES = 4


class AxiTransport:
    """A :class:`driver.Transport` of bus masters.

    Masters of all ports of a core, for a thread that cocotb's `bridge` started.

    Parameters
    ----------
    dut
        Core with AXI ports.
    stalls
        When the ports pause.
    rng
        Source of the pauses.
    """

    def __init__(self, dut: Any, stalls: Stalls, rng: random.Random):
        self._dut = dut
        dut.aresetn.value = 1
        Clock(dut.aclk, PERIOD, unit=UNIT).start()
        reset = {"reset": dut.aresetn, "reset_active_level": False}
        self._lite = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axi"), dut.aclk, **reset)
        self._pixels = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), dut.aclk, **reset)
        self._results = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), dut.aclk, **reset)
        self._logits = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis_logits"), dut.aclk, **reset)
        write, read = self._lite.write_if, self._lite.read_if
        channels = (write.aw_channel, write.w_channel, write.b_channel, read.ar_channel, read.r_channel)
        for port in (self._pixels, self._results, self._logits, *channels):
            port.set_pause_generator(stalls.pattern(rng))

    async def reset(self) -> None:
        """Reset the core; memories stay as they are."""
        self._dut.aresetn.value = 0
        # The masters see a reset at an edge of its signal.
        await ClockCycles(self._dut.aclk, 3)
        self._dut.aresetn.value = 1
        await ClockCycles(self._dut.aclk, 1)

    def read(self, address: int) -> int:
        """Return a register; :class:`AssertionError` where the core refuses it."""
        return resume(self._read)(address)

    def write(self, address: int, value: int) -> None:
        """Set a register; :class:`AssertionError` where the core refuses it."""
        resume(self._write)(address, value)

    def exchange(self, packets: Sequence[bytes], result_bytes: int, logit_bytes: int) -> tuple[bytes, bytes]:
        """Do as :meth:`driver.Transport.exchange`; nothing may come besides."""
        return resume(self._exchange)(packets, result_bytes, logit_bytes)

    async def _read(self, address: int) -> int:
        answer = await self._soon(self._lite.read(address, _WORD_BYTES))
        assert answer.resp == Response.OKAY, f"reading {address:#x} was refused"
        return int.from_bytes(answer.data, "little")

    async def _write(self, address: int, value: int) -> None:
        answer = await self._soon(self._lite.write(address, value.to_bytes(_WORD_BYTES, "little")))
        assert answer.resp == Response.OKAY, f"writing {value:#x} to {address:#x} was refused"

    async def _exchange(self, packets: Sequence[bytes], result_bytes: int, logit_bytes: int) -> tuple[bytes, bytes]:
        for packet in packets:
            self._pixels.send_nowait(AxiStreamFrame(packet))
        results, logits = b"", b""
        for _ in packets:
            if logit_bytes:
                logits += await self._packet(self._logits, logit_bytes)
            results += await self._packet(self._results, result_bytes)
        assert self._results.empty(), "results came of an input that was not sent"
        assert self._logits.empty(), "logits came that nobody asked for"
        return results, logits

    async def _packet(self, sink: AxiStreamSink, size: int) -> bytes:
        frame = await self._soon(sink.recv())
        content = bytes(frame.tdata)
        assert len(content) == size, f"a packet has {len(content)} bytes, not {size}"
        return content

    async def _soon(self, waiting: Any) -> Any:
        """Wait for something that cannot take long."""
        return await with_timeout(waiting, _PATIENCE * PERIOD, UNIT)
