"""Bench of neurons with local stochastic units.

It has a model of the thresholds in their store.
"""

from typing import Any

import numpy as np

from golden.neurons import arithmetic_of
from hdl.config import NeuronKind
from hdl.contract import Row, neuron_rows
from hdl.streams import Activations, Counts

from ..agents.column_beats import ColumnBeats
from ..agents.lanes import from_bits, to_lanes, to_planes
from ..agents.parameters import Parameters
from ..agents.row_port import RowPort, missing_rows
from ..agents.stalls import Stalls
from .local_bench import LocalBench

__all__ = ["LocalNeuronBench"]


class LocalNeuronBench(LocalBench):
    """Counts in, activations out, rows on the side."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        config = parameters.core
        layer = config.layers[parameters.values["layer"]]
        self.neurons = dict(parameters.contents.neurons[layer.index])
        shapes = (Counts(config, layer), Activations(config, layer.outputs))
        self._beats = ColumnBeats(layer)
        super().__init__(dut, shapes, source, sink)
        self.port = RowPort(dut, config, self.rng, sink)

    async def reset(self) -> None:
        """Reset the block, and withdraw row commands."""
        self.port.idle()
        await super().reset()
        self._beats.forget()

    async def send(self, passes: int) -> int:
        """Send counts at, just below and just above the thresholds; return their number."""
        layer, rng = self.layer, self.rng
        count = passes * layer.vectors
        for index in range(count):
            chosen = np.array([rng.choice(own) for own in self.neurons["thresholds"].tolist()])
            numbers = (chosen + index % 3 - 1).clip(0, layer.count_max).tolist()
            tag = {"mask": rng.getrandbits(self.config.stochastic.mask_width), "last": rng.getrandbits(1)}
            for lanes in self._beats.split(numbers, rng, layer.count_max):
                await self.driver.send({"planes": to_planes(lanes, layer.count_width), "tag": tag})
        return count

    def model(self, beat: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the activations of the counts that were taken."""
        counts = self._beats.join(to_lanes(beat["planes"], self.layer.beat_outputs))
        if counts is None:
            return []
        numbers = np.array(counts)
        meant = np.array(self.meant())
        thresholds, flips = self.neurons["thresholds"], self.neurons["flips"]
        if self.layer.neuron_kind is NeuronKind.SAMPLED:
            fired = (numbers >= thresholds[np.arange(len(meant)), meant]) ^ flips
        else:
            fired = ((numbers >= thresholds[:, 0]) ^ flips) & meant
        return [{"bits": from_bits(fired.tolist()), "tag": beat["tag"]}]

    async def program_others(self) -> None:
        """Write other neurons row by row, with garbage in the padding, and read all of it back."""
        layer, rng = self.layer, self.rng
        others = arithmetic_of(layer).random_neurons(layer, np.random.default_rng(rng.getrandbits(32)))
        rows = []
        for tile in range(layer.col_tiles):
            used = min(layer.cols, layer.outputs - tile * layer.cols)
            for group, lines in enumerate(neuron_rows(others, layer, tile)):
                for line, bits in enumerate(lines):
                    word = bits | rng.getrandbits(layer.cols) >> used << used
                    rows.append(Row(layer=layer.index, thresholds=True, tile=tile, group=group, line=line, bits=word))
        for row in rows:
            assert not (await self.port.program(row))["error"], row
        for row in missing_rows(self.config, rows[0], layer.col_tiles, layer.choices, layer.neuron_lines):
            assert (await self.port.program(row))["error"], row
        for row in rows:
            assert await self.port.read(row) == {"row": row.bits, "error": 0}, row
        self.neurons = others
