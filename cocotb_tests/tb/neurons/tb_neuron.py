"""Testbench of :class:`hdl.neurons.Neuron`."""

import math
from typing import Any

import cocotb
import numpy as np

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.column_beats import ColumnBeats
from cocotb_tests.agents.lanes import from_bits, to_bits, to_lanes, to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.row_port import RowPort, missing_rows
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.tags import random_tag
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.stream_bench import StreamBench
from golden.neurons import fire
from hdl.config import Layer
from hdl.contract import Row, neuron_rows
from hdl.neurons import Neuron
from hdl.streams import Activations, Counts

_BEATS = 36


class _Bench(StreamBench):
    """Agents around the neurons, and a threshold model."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.config = parameters.core
        self.layer: Layer = self.config.layers[parameters.values["layer"]]
        self.rng = parameters.rng(source, sink)
        program = parameters.contents
        self.thresholds = program.thresholds[self.layer.index].copy()
        # One polarity per choice: of sets, and while rows are being changed, they may differ.
        flips = program.flips[self.layer.index]
        self._polarities = flips.shape
        self.flips = np.array(np.broadcast_to(flips.reshape(len(flips), -1).T, (self.layer.choices, len(flips))))
        self._beats = ColumnBeats(self.layer)
        self.port = RowPort(dut, self.config, self.rng, sink)
        shapes = (Counts(self.config, self.layer), Activations(self.config, self.layer.outputs))
        super().__init__(dut, shapes, self._model, rng=self.rng, source=source, sink=sink)

    async def reset(self) -> None:
        self.port.idle()
        await super().reset()
        self._beats.forget()

    async def send(self, count: int) -> None:
        """Send counts at, just below and just above the thresholds, the ends, and random ones."""
        layer, rng = self.layer, self.rng
        for index in range(count):
            choice = rng.randrange(layer.choices)
            near = (self.thresholds[:, choice] + index % 3 - 1).clip(0, layer.count_max).tolist()
            other = [rng.choice((0, layer.count_max, rng.randint(0, layer.count_max))) for _ in near]
            numbers = [rng.choice(pair) for pair in zip(near, near, near, other, strict=True)]
            tag = random_tag(self.config, rng)
            for lanes in self._beats.split(numbers, rng, layer.count_max):
                await self.driver.send({"planes": to_planes(lanes, layer.count_width), "tag": tag})

    def rows(self) -> list[Row]:
        """Return all rows of random thresholds and polarities, with garbage in the padding columns."""
        layer, rng = self.layer, self.rng
        thresholds = np.array([[rng.randint(0, layer.threshold_max) for _ in row] for row in self.thresholds])
        flips = np.array([rng.getrandbits(1) for _ in range(self.flips.size)])[: math.prod(self._polarities)]
        flips = flips.reshape(self._polarities)
        rows = []
        for tile in range(layer.col_tiles):
            used = min(layer.cols, layer.outputs - tile * layer.cols)
            for group, lines in enumerate(neuron_rows({"thresholds": thresholds, "flips": flips}, layer, tile)):
                for line, bits in enumerate(lines):
                    word = bits | rng.getrandbits(layer.cols) >> used << used
                    rows.append(Row(layer=layer.index, thresholds=True, tile=tile, group=group, line=line, bits=word))
        return rows

    async def program(self, row: Row) -> None:
        """Write one row, also in the model."""
        reply = await self.port.program(row)
        assert not reply["error"], f"{row} was refused"
        layer = self.layer
        columns = slice(row.tile * layer.cols, min((row.tile + 1) * layer.cols, layer.outputs))
        bits = np.array(to_bits(row.bits, layer.cols)[: columns.stop - columns.start])
        if row.line == layer.threshold_width:
            self.flips[row.group, columns] = bits
        else:
            plane = self.thresholds[columns, row.group]
            plane[:] = plane & ~(1 << row.line) | bits << row.line

    def _model(self, beat: dict[str, Any]) -> list[dict[str, Any]]:
        layer, mask = self.layer, beat["tag"]["mask"]
        choice = mask >> layer.mask_offset & layer.choices - 1
        # With the rows of this moment; another group of columns may see others.
        numbers = to_lanes(beat["planes"], layer.beat_outputs)
        held, outputs = zip(*self._beats.held, strict=True)
        chosen = self.thresholds[list(outputs)][:, [choice]], self.flips[choice][list(outputs)]
        bits = [0] * len(numbers)
        for lane, bit in zip(held, fire([[numbers[lane] for lane in held]], *chosen)[0].tolist(), strict=True):
            bits[lane] = bit
        fired = self._beats.join(bits)
        return [] if fired is None else [{"bits": from_bits(fired), "tag": beat["tag"]}]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def initial_thresholds_are_used(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Activations of all beats; without stalls as soon as the block says."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(_BEATS)
    await bench.scoreboard.finish(at_least=_BEATS)
    if source is sink is Stalls.NEVER:
        taken = bench.taken.cycles
        period = 1 + Neuron(bench.config, bench.layer).compare_cycles
        beats = bench.layer.column_groups
        assert taken == [taken[0] + period * index for index in range(_BEATS * beats)]
        assert bench.given.cycles == [cycle + 2 for cycle in taken[beats - 1 :: beats]]


@testcase()
async def a_reset_stops_everything(dut: Any) -> None:
    """At any moment; afterwards the thresholds are as they were."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    for _ in range(_BEATS // 2):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_BEATS))
        await cycles(dut, bench.rng.randint(1, 12))
        sending.cancel()
    await bench.reset()
    bench.scoreboard.matched = 0
    await bench.send(_BEATS)
    await bench.scoreboard.finish(at_least=_BEATS)


@testcase()
async def rows_are_programmed_and_read_back(dut: Any) -> None:
    """Every row holds what was written; missing rows are refused and change nothing; padding changes nothing."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    layer = bench.layer
    await bench.reset()
    rows = bench.rows()
    for row in rows:
        await bench.program(row)
    for row in missing_rows(bench.config, rows[0], layer.col_tiles, layer.choices, layer.neuron_lines):
        assert (await bench.port.program(row))["error"], row
        assert (await bench.port.read(row))["error"], row
    for row in rows:
        assert await bench.port.read(row) == {"row": row.bits, "error": 0}, row
    await bench.send(_BEATS)
    await bench.scoreboard.finish(at_least=_BEATS)


@testcase()
@cocotb.parametrize(sink=list(Stalls))
async def thresholds_change_between_beats(dut: Any, sink: Stalls) -> None:
    """A command waits for the comparison in progress; the next one sees the new row."""
    bench = _Bench(dut, Stalls.NEVER, sink)
    await bench.reset()
    for row in bench.rows():
        await bench.program(row)
    sending = cocotb.start_soon(bench.send(_BEATS))
    rows = bench.rows()
    for row in bench.rng.sample(rows, min(len(rows), _BEATS // 2)):
        await bench.program(row)
        await cycles(dut, bench.rng.randint(0, 5))
    await sending
    await bench.scoreboard.finish(at_least=_BEATS)
