"""PYNQ-like DMA engines before a simulated core."""

import numpy as np


class Channel:
    """One direction of an engine: a buffer at a time, moved at the latest when somebody waits."""

    def __init__(self, bench):
        self._bench = bench
        self.buffer = None

    def transfer(self, array):
        assert self.buffer is None, "the channel is not idle"
        assert isinstance(array, Buffer), "the engine cannot reach this buffer"
        self.buffer = array

    def wait(self):
        assert self.buffer is not None, "nothing was started"
        self._bench.move()
        self.buffer = None


class Buffer(np.ndarray):
    """Memory that the engines can reach."""


def allocate(shape, dtype):
    return np.zeros(shape, dtype).view(Buffer)


class Engine:
    def __init__(self, **channels):
        vars(self).update(channels)


class DmaBench:
    """Registers, engines and the core."""

    def __init__(self, core):
        self._core = core
        self._moved = 0
        self.transfers = 0
        self._pixels, self._results, self._logits = (Channel(self) for _ in range(3))
        self.data = Engine(sendchannel=self._pixels, recvchannel=self._results)
        self.logits = Engine(recvchannel=self._logits)

    def read(self, offset=0):
        return np.uint32(self._core.read(offset))

    def write(self, offset, data):
        """Set a register; like `pynq.MMIO`, of a plain integer only."""
        assert type(data) is int
        self._core.write(offset, data)

    def move(self):
        """Move what was started, once all three channels, or the two in use, are ready."""
        if self._moved:
            self._moved -= 1
            return
        started = [channel for channel in (self._results, self._logits) if channel.buffer is not None]
        sizes = [0 if channel.buffer is None else channel.buffer.nbytes for channel in (self._results, self._logits)]
        answers = self._core.exchange([self._pixels.buffer.tobytes()], *sizes)
        for channel, answer in zip((self._results, self._logits), answers, strict=True):
            if channel in started:
                channel.buffer[:] = np.frombuffer(answer, np.uint8)
        self._moved = len(started)
        self.transfers += 1
