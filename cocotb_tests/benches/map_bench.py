"""Bench of a block that processes feature maps."""

from collections.abc import Callable
from typing import Any

import cocotb
import torch
from cocotb.triggers import FallingEdge
from torch import Tensor

from hdl.config import CoreConfig, FeatureMap
from hdl.streams import Activations

from ..agents.agents import StreamDriver, StreamMonitor, StreamSink
from ..agents.clocking import cycles, reset, start_clock
from ..agents.lanes import from_bits, to_bits, to_lanes
from ..agents.parameters import Parameters
from ..agents.stalls import Stalls

__all__ = ["MapBench"]

#: Cycles after the last expected beat in which a surplus one would still be noticed.
_GRACE = 20

#: Shares of ones among the bits of a map: squares and windows of all kinds come.
_SHARES = (0.1, 0.5, 0.9, 1.0)


class MapBench:
    """Agents, and golden.

    Golden gets the maps that the input monitor saw.

    Parameters
    ----------
    dut
        Block under test.
    source
        Maps that it takes, position by position.
    width
        Bits of a beat that it gives.
    model
        Golden: from maps, shape (n, H, W, C), to the values of each beat, shape (n, beats, values).
    source_stalls, sink_stalls
        Stalls of the driver and the sink.
    """

    def __init__(
        self,
        dut: Any,
        source: FeatureMap,
        width: int,
        model: Callable[[Tensor], Tensor],
        source_stalls: Stalls = Stalls.NEVER,
        sink_stalls: Stalls = Stalls.NEVER,
    ):
        parameters = Parameters.load()
        self.config: CoreConfig = parameters.core
        self.rng = parameters.rng(source_stalls, sink_stalls)
        self.source = source
        self._dut = dut
        self._model = model
        self._taken: list[dict[str, Any]] = []
        self._given: list[dict[str, Any]] = []
        start_clock(dut)
        shape = Activations(self.config, source.channels * source.bits)
        self.driver = StreamDriver(dut, "i", shape, source_stalls.pattern(self.rng))
        StreamSink(dut, "o", sink_stalls.pattern(self.rng))
        self.taken = StreamMonitor(dut, "i", shape, self._taken.append)
        self.given = StreamMonitor(dut, "o", Activations(self.config, width), self._given.append)

    async def reset(self) -> None:
        """Reset the block, whatever it is doing, and forget what it took and gave."""
        self.driver.idle()
        await reset(self._dut)
        for seen in (self._taken, self._given, self.taken.cycles, self.given.cycles):
            seen.clear()

    async def send(self, maps: int) -> None:
        """Send random maps, each with a tag of its own."""
        rng, width = self.rng, self.source.channels * self.source.bits
        for _ in range(maps):
            tag = {"mask": rng.getrandbits(self.config.stochastic.mask_width), "last": rng.getrandbits(1)}
            share = rng.choice(_SHARES)
            for _ in range(self.source.positions):
                bits = from_bits(rng.random() < share for _ in range(width))
                await self.driver.send({"bits": bits, "tag": tag})

    async def finish(self, maps: int) -> None:
        """Wait until ``maps`` maps were taken and all of golden's beats for them have come, and compare."""
        positions = self.source.positions
        while len(self._taken) < maps * positions:
            await FallingEdge(self._dut.clk)
        source, channels = self.source, self.source.channels
        words = [to_bits(beat["bits"], channels * source.bits) for beat in self._taken]
        planes = [[from_bits(word[i * channels : (i + 1) * channels]) for i in range(source.bits)] for word in words]
        values = torch.tensor([to_lanes(each, channels) for each in planes])
        expected = [
            {"bits": _word(beat, source.bits), "tag": self._taken[index * positions]["tag"]}
            for index, beats in enumerate(self._model(values.view(maps, source.height, source.width, channels)))
            for beat in beats
        ]
        while len(self._given) < len(expected):
            await FallingEdge(self._dut.clk)
        await cycles(self._dut, _GRACE)
        assert expected, "golden expects nothing"
        for index, (given, wanted) in enumerate(zip(self._given, expected, strict=True)):
            assert given == wanted, f"beat {index} is {given!r}, not {wanted!r}"

    async def survive_resets(self, maps: int) -> None:
        """Reset at any moment, ``maps`` times, and check that the next position is the first of a map."""
        for _ in range(maps):
            await self.reset()
            sending = cocotb.start_soon(self.send(maps))
            await cycles(self._dut, self.rng.randint(1, 4 * self.source.positions))
            sending.cancel()
        await self.reset()
        await self.send(maps)
        await self.finish(maps)


def _word(values: Tensor, bits: int) -> int:
    """Return numbers as one word, plane by plane."""
    return from_bits(bit for plane in range(bits) for bit in (values.flatten() >> plane & 1).tolist())
