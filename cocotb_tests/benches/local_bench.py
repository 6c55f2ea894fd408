"""Bench of a block with local stochastic units.

The block has one stream in and one stream out.
"""

from typing import Any

import cocotb
from amaranth.hdl import ShapeLike
from cocotb.triggers import FallingEdge

from ..agents.clocking import cycles
from ..agents.parameters import Parameters
from ..agents.port_monitor import drive
from ..agents.stalls import Stalls
from .local_draws import LocalDraws
from .stream_bench import StreamBench

__all__ = ["LocalBench"]


class LocalBench(StreamBench):
    """A :class:`StreamBench` with draws of local units.

    It draws for its model as the units of the layer do.

    Parameters
    ----------
    dut
        Block under test, with ports ``reseed`` and, where the scheme has drop codes, ``code``.
    shapes
        Shapes of the two streams.
    source, sink
        As of :class:`StreamBench`.
    """

    def __init__(self, dut: Any, shapes: tuple[ShapeLike, ShapeLike], source: Stalls, sink: Stalls):
        parameters = Parameters.load()
        self.config = parameters.core
        self.layer = self.config.layers[parameters.values["layer"]]
        self.rng = parameters.rng(source, sink)
        self.draws = LocalDraws(self.config, self.layer)
        self.code = 0
        self._coded = bool(self.config.stochastic.drop_codes)
        self._index = 0
        self._meant: list[int] = []
        self._reseeded = dut
        super().__init__(dut, shapes, self.model, rng=self.rng, source=source, sink=sink)
        drive(dut, reseed__load=0, reseed__seed=0)
        if self._coded:
            self.set_code(self.config.stochastic.drop_codes[self.layer.index] or 1)

    def model(self, beat: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the beats to expect for a beat that was taken."""
        raise NotImplementedError

    async def send(self, passes: int) -> int:
        """Send the vectors of ``passes``; return their number."""
        raise NotImplementedError

    async def survive_resets(self, passes: int, *, longest: int) -> None:
        """Reset in the middle of ``passes``, after up to ``longest`` cycles and as often; then let them through."""
        for _ in range(passes):
            await self.reset()
            sending = cocotb.start_soon(self.send(passes))
            await cycles(self._reseeded, self.rng.randint(1, longest))
            sending.cancel()
        await self.reset()
        self.scoreboard.matched = 0
        count = await self.send(passes)
        await self.scoreboard.finish(at_least=count)

    def meant(self) -> list[int]:
        """Return the draws for each channel of the vector that is being taken."""
        if self._index == 0:
            self._meant = self.draws.meant(self.code)
        self._index = (self._index + 1) % self.draws.held
        return self._meant

    def set_code(self, code: int) -> None:
        """Put a drop code on its port."""
        self.code = code
        drive(self._reseeded, code=code)

    async def reset(self) -> None:
        """Reset the block and all its sequences."""
        drive(self._reseeded, reseed__load=0)
        await super().reset()
        self.draws.reset()
        self._index = 0

    async def reseed(self) -> None:
        """Load every unit, one after the other, while no vectors are there."""
        width, units = self.config.random.lfsr_width, len(self._reseeded.reseed__load)
        states = [self.rng.randrange(1, 2**width) for _ in range(units)]
        for unit, state in enumerate(states):
            drive(self._reseeded, reseed__load=1 << unit, reseed__seed=state)
            await FallingEdge(self._reseeded.clk)
        drive(self._reseeded, reseed__load=0, reseed__seed=self.rng.getrandbits(width))
        self.draws.load(states)

    async def drain(self) -> None:
        """Wait until everything that is expected has come."""
        while self.scoreboard.pending:
            await FallingEdge(self._reseeded.clk)
        await cycles(self._reseeded, 3)
