"""Bench of blocks with gains and constants."""

import abc
from typing import Any

import cocotb
import numpy as np

from hdl.config import Layer
from hdl.contract import Row, neuron_rows
from hdl.streams import Activations, Counts

from ..agents.clocking import cycles
from ..agents.column_beats import ColumnBeats, beat_places
from ..agents.early_scoreboard import EarlyScoreboard
from ..agents.lanes import to_bits, to_lanes, to_planes
from ..agents.parameters import Parameters
from ..agents.row_port import RowPort, missing_rows
from ..agents.stalls import Stalls
from .stream_bench import StreamBench

__all__ = ["AffineBench"]

#: How often all counts are the same, or one of two neighbours, so that they meet their mean.
_EQUAL = 0.3


class AffineBench(StreamBench, abc.ABC):
    """Agents, and a model of the rows.

    Parameters
    ----------
    dut
        Block under test.
    source, sink
        When its streams pause.
    """

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.config = parameters.core
        self.layer: Layer = self.config.layers[parameters.values["layer"]]
        self.rng = parameters.rng(source, sink)
        members = parameters.contents.neurons[self.layer.index]
        # In two's complement, as rows hold them, those of padding columns too.
        padding = ((0, self.layer.lanes - self.layer.outputs), (0, 0))
        self._codes = {
            each.name: np.pad(members[each.name] % 2**each.width, padding) for each in self.layer.neuron_fields
        }
        self._sent, self.beats = ColumnBeats(self.layer), ColumnBeats(self.layer)
        self.port = RowPort(dut, self.config, self.rng, sink)
        shapes = (Counts(self.config, self.layer), Activations(self.config, self.given_width))
        # Planes precede the acceptance of their vector.
        board = EarlyScoreboard
        super().__init__(dut, shapes, self.model, rng=self.rng, source=source, sink=sink, scoreboard=board)

    @property
    def given_width(self) -> int:
        """Bits of a beat that the block gives."""
        return self.layer.outputs

    @abc.abstractmethod
    def model(self, beat: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the expected beats for counts that were taken."""

    async def reset(self) -> None:
        """Reset the block and interrupt a row command."""
        self.port.idle()
        await super().reset()
        self.beats.forget()

    def transformed(self, beat: dict[str, Any]) -> list[int]:
        """Return A = G P + C of every column of a beat, with the present contents of the rows."""
        layer = self.layer
        choice = beat["tag"]["mask"] >> layer.mask_offset & layer.choices - 1
        places = beat_places(layer, self.beats.group)
        gains, constants = (
            (self._codes[each.name][places, choice] ^ 1 << each.width - 1) - (1 << each.width - 1)
            for each in layer.neuron_fields
        )
        counts = np.array(to_lanes(beat["planes"], layer.beat_outputs))
        found: list[int] = (gains * counts + constants).tolist()
        return found

    async def send(self, maps: int) -> None:
        """Send maps of random counts, and of ones that meet their mean where all is dropped."""
        layer, rng = self.layer, self.rng
        for _ in range(maps):
            tag = {"mask": rng.getrandbits(self.config.stochastic.mask_width), "last": rng.getrandbits(1)}
            level = rng.randint(0, layer.count_max)
            near = (level, min(level + rng.getrandbits(1), layer.count_max))
            equal = rng.random() < _EQUAL
            for _ in range(layer.vectors):
                ends = (0, layer.count_max)
                pick = [rng.choice(near if equal else (*ends, *near)) for _ in range(layer.outputs)]
                numbers = [number if equal or rng.getrandbits(1) else rng.randint(*ends) for number in pick]
                for lanes in self._sent.split(numbers, rng, layer.count_max):
                    await self.driver.send({"planes": to_planes(lanes, layer.count_width), "tag": tag})

    def rows(self) -> list[Row]:
        """Return all rows of random members, with garbage in the padding columns."""
        layer, rng = self.layer, self.rng
        members = {
            each.name: np.array(
                [[rng.randint(each.lowest, each.highest) for _ in range(layer.choices)] for _ in range(layer.outputs)]
            )
            for each in layer.neuron_fields
        }
        rows = []
        for tile in range(layer.col_tiles):
            used = min(layer.cols, layer.outputs - tile * layer.cols)
            for group, lines in enumerate(neuron_rows(members, layer, tile)):
                for line, bits in enumerate(lines):
                    word = bits | rng.getrandbits(layer.cols) >> used << used
                    rows.append(Row(layer=layer.index, thresholds=True, tile=tile, group=group, line=line, bits=word))
        return rows

    async def program(self, row: Row) -> None:
        """Write one row, also in the model."""
        reply = await self.port.program(row)
        assert not reply["error"], f"{row} was refused"
        layer, plane = self.layer, row.line
        columns = slice(row.tile * layer.cols, (row.tile + 1) * layer.cols)
        for each in layer.neuron_fields:
            if 0 <= plane < each.width:
                held = self._codes[each.name][columns, row.group]
                bits = np.array(to_bits(row.bits, layer.cols))
                held[:] = held & ~(1 << plane) | bits << plane
            plane -= each.width

    async def survive_resets(self, maps: int, longest: int) -> None:
        """Reset at any moment within ``longest`` cycles; afterwards the rows are as they were."""
        for _ in range(maps):
            await self.reset()
            sending = cocotb.start_soon(self.send(maps))
            await cycles(self._dut, self.rng.randint(1, longest))
            sending.cancel()
        await self.reset()
        self.scoreboard.matched = 0
        await self.send(maps)
        await self.scoreboard.finish(at_least=maps)

    async def program_and_read_back(self, maps: int) -> None:
        """Write every row and read it back; missing rows are refused and change nothing; padding changes nothing."""
        layer = self.layer
        await self.reset()
        rows = self.rows()
        for row in rows:
            await self.program(row)
        for row in missing_rows(self.config, rows[0], layer.col_tiles, layer.choices, layer.neuron_lines):
            assert (await self.port.program(row))["error"], row
            assert (await self.port.read(row))["error"], row
        for row in rows:
            assert await self.port.read(row) == {"row": row.bits, "error": 0}, row
        await self.send(maps)
        await self.scoreboard.finish(at_least=maps)

    async def change_rows_between_vectors(self, maps: int) -> None:
        """Write rows while vectors stream: a command waits for the one in progress, the next one sees the new row."""
        await self.reset()
        rows = self.rows()
        for row in rows:
            await self.program(row)
        sending = cocotb.start_soon(self.send(maps))
        for _ in range(maps):
            await self.program(self.rng.choice(self.rows()))
            await cycles(self._dut, self.rng.randint(0, self.layer.neuron_lines))
        await sending
        await self.scoreboard.finish(at_least=maps)
