"""Transport over DMA engines, as with PYNQ."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from hdl.config import InputError

from .transport import Registers

__all__ = ["Channel", "Dma", "DmaTransport"]


class Channel(Protocol):
    """Channel of a DMA engine, as in `pynq.lib.dma`."""

    def transfer(self, array: Any) -> None:
        """Start the transfer of a buffer."""
        ...

    def wait(self) -> None:
        """Return when the transfer is complete."""
        ...


class Dma(Protocol):
    """DMA engine; ``sendchannel`` is unused for logits."""

    sendchannel: Channel
    recvchannel: Channel


class Allocate(Protocol):
    """Allocator of DMA buffers, such as `pynq.allocate`."""

    def __call__(self, shape: tuple[int, ...], dtype: Any) -> Any:
        """Return an array of this shape and type."""
        ...


class DmaTransport:
    """Core behind DMA engines.

    One input at a time, one transfer for each packet.

    Parameters
    ----------
    registers
        Access to the registers: `pynq.MMIO`, or :class:`driver.MappedRegisters`.
    data
        Engine that sends to `s_axis` and receives from `m_axis`.
    logits
        Engine that receives from `m_axis_logits`; without it that stream must stay off.
    allocate
        `pynq.allocate`, or another allocator of DMA buffers.
    """

    def __init__(self, registers: Registers, data: Dma, logits: Dma | None = None, *, allocate: Allocate):
        self._registers = registers
        self._data = data
        self._logits = logits
        self._allocate = allocate
        # DMA memory is scarce: one buffer for each channel, reused while the size stays the same.
        self._buffers: dict[str, Any] = {}

    def read(self, address: int) -> int:
        """Return a register."""
        return int(self._registers.read(address))

    def write(self, address: int, value: int) -> None:
        """Set a register."""
        self._registers.write(address, value)

    def exchange(self, packets: Sequence[bytes], result_bytes: int, logit_bytes: int) -> tuple[bytes, bytes]:
        """Exchange packets; :class:`hdl.config.InputError` for logits without an engine."""
        if logit_bytes and self._logits is None:
            raise InputError("logits must be off (configure(logits=False)) where no engine takes them, not on")
        results, logits = bytearray(), bytearray()
        for packet in packets:
            # Receiving engines start first, so that the core never stalls.
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
        """Return a buffer of ``size`` bytes, the previous one where it fits."""
        if name not in self._buffers or len(self._buffers[name]) != size:
            self._buffers[name] = self._allocate(shape=(size,), dtype=np.uint8)
        return self._buffers[name]
