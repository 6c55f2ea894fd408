"""A core behind DMA engines, in the manner of PYNQ."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from hdl.config import InputError

from .transport import Registers

__all__ = ["Channel", "Dma", "DmaTransport"]


class Channel(Protocol):
    """One direction of a DMA engine, as `pynq.lib.dma` has it."""

    def transfer(self, array: Any) -> None:
        """Start to move a buffer."""
        ...

    def wait(self) -> None:
        """Return when it is moved."""
        ...


class Dma(Protocol):
    """A DMA engine. That of the logits needs no ``sendchannel``."""

    sendchannel: Channel
    recvchannel: Channel


class Allocate(Protocol):
    """Makes buffers that a DMA engine can reach, such as `pynq.allocate`."""

    def __call__(self, shape: tuple[int, ...], dtype: Any) -> Any:
        """Return an array of this shape and type."""
        ...


class DmaTransport:
    """A core whose streams go through DMA engines: an input at a time, a transfer for each packet.

    Parameters
    ----------
    registers
        Way to the registers: `pynq.MMIO`, or :class:`driver.MappedRegisters`.
    data
        Engine that sends to `s_axis` and receives from `m_axis`.
    logits
        Engine that receives from `m_axis_logits`; without it that stream must stay off.
    allocate
        `pynq.allocate`, or what else makes buffers.
    """

    def __init__(self, registers: Registers, data: Dma, logits: Dma | None = None, *, allocate: Allocate):
        self._registers = registers
        self._data = data
        self._logits = logits
        self._allocate = allocate
        # Such memory is scarce: one buffer for each channel, as long as the size stays.
        self._buffers: dict[str, Any] = {}

    def read(self, address: int) -> int:
        """Return a register."""
        return int(self._registers.read(address))

    def write(self, address: int, value: int) -> None:
        """Set a register."""
        self._registers.write(address, value)

    def exchange(self, packets: Sequence[bytes], result_bytes: int, logit_bytes: int) -> tuple[bytes, bytes]:
        """Do as :meth:`driver.Transport.exchange`; :class:`hdl.config.InputError` for logits without an engine."""
        if logit_bytes and self._logits is None:
            raise InputError("logits must be off (configure(logits=False)) where no engine takes them, not on")
        results, logits = bytearray(), bytearray()
        for packet in packets:
            # Engines first that take what the core sends, so that none of it has to wait.
            taken = [(self._data.recvchannel, self._buffer("results", result_bytes), results)]
            if logit_bytes and self._logits is not None:
                taken.append((self._logits.recvchannel, self._buffer("logits", logit_bytes), logits))
            for channel, buffer, _ in taken:
                channel.transfer(buffer)
            pixels = self._buffer("pixels", len(packet))
            pixels[:] = np.frombuffer(packet, dtype=np.uint8)
            self._data.sendchannel.transfer(pixels)
            self._data.sendchannel.wait()
            for channel, buffer, content in taken:
                channel.wait()
                content += bytes(buffer)
        return bytes(results), bytes(logits)

    def _buffer(self, name: str, size: int) -> Any:
        """Return a buffer of ``size`` bytes, that of the packet before where it fits."""
        if name not in self._buffers or len(self._buffers[name]) != size:
            self._buffers[name] = self._allocate(shape=(size,), dtype=np.uint8)
        return self._buffers[name]
