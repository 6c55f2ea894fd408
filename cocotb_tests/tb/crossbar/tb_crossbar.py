"""Testbench of :class:`hdl.crossbar.Crossbar`."""

from typing import Any

import cocotb
import numpy as np
import torch
from cocotb.triggers import FallingEdge

from cocotb_tests.agents.agents import StreamMonitor, StreamSink
from cocotb_tests.agents.clocking import cycles, reset, start_clock
from cocotb_tests.agents.column_beats import ColumnBeats
from cocotb_tests.agents.lanes import to_bits, to_lanes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.row_port import RowPort, missing_rows
from cocotb_tests.agents.scoreboard import Scoreboard
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.tags import random_tag
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.agents.word_lines import WordLineSource
from cocotb_tests.benches.drawn_weights import DrawnWeights
from golden.arrays import counts
from hdl.config import Layer
from hdl.contract import Row
from hdl.streams import Counts

_VECTORS = 10


class _Bench:
    """Agents around the crossbar, and a cell model."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        start_clock(dut)
        parameters = Parameters.load()
        self.dut = dut
        self.config = parameters.core
        self.layer: Layer = self.config.layers[parameters.values["layer"]]
        self.rng = parameters.rng(source, sink)
        weights = parameters.contents.weights[self.layer.index]
        self.weights = weights.reshape(self.layer.sets, self.layer.outputs, self.layer.inputs).copy()
        self.drawn = None if self.layer.sampling is None else DrawnWeights(self.config, self.layer)
        if self.drawn is not None:
            drive(dut, reseed__load=0, reseed__seed=0)
        self.scoreboard = Scoreboard(dut)
        self._beats = ColumnBeats(self.layer)
        self.lines = WordLineSource(
            dut, "i", self.config, self.layer, source.pattern(self.rng), self.rng, self._expect_vector
        )
        self.port = RowPort(dut, self.config, self.rng, sink)
        self.sink = StreamSink(dut, "o", sink.pattern(self.rng))
        self.given = StreamMonitor(dut, "o", Counts(self.config, self.layer), self._observe)

    async def reset(self) -> None:
        """Reset, whatever the crossbar is doing. Its cells keep their contents."""
        self.lines.idle()
        self.port.idle()
        await reset(self.dut)
        self.scoreboard.forget()
        self._beats.forget()
        if self.drawn is not None:
            self.drawn.reset()

    async def reseed(self, seed: int) -> None:
        """Load the units of the layer, where it has such, with the states that belong to ``seed``."""
        if self.drawn is not None:
            first = self.config.stochastic.first(self.layer)
            for unit, state in enumerate(self.config.stochastic.seeds(seed)[first : first + self.layer.units]):
                drive(self.dut, reseed__load=1 << unit, reseed__seed=state)
                await FallingEdge(self.dut.clk)
            drive(self.dut, reseed__load=0)
            self.drawn.load(seed)

    async def send(self, count: int) -> None:
        """Send random vectors, and such as agree with one output everywhere or nowhere."""
        layer, rng = self.layer, self.rng
        for index in range(count):
            values = [rng.randint(0, layer.plane_gain) for _ in range(layer.inputs)]
            if index % 3 == 0:
                weights = self.weights[rng.randrange(layer.sets), rng.randrange(layer.outputs)].tolist()
                values = [layer.plane_gain * (bool(weight) ^ index % 2) for weight in weights]
            await self.lines.send(values, random_tag(self.config, rng))

    async def program(self, row: Row) -> None:
        """Write one row, also in the model."""
        reply = await self.port.program(row)
        assert not reply["error"], f"{row} was refused"
        layer = self.layer
        row_tile, col_tile = divmod(row.tile, layer.col_tiles)
        chosen, group = divmod(row.group, layer.set_groups)
        line, plane = divmod(row.line, layer.weight_bits)
        n = row_tile * layer.rows + group * layer.rows_per_read + line
        if n < layer.inputs:
            columns = slice(col_tile * layer.cols, min((col_tile + 1) * layer.cols, layer.outputs))
            bits = np.array(to_bits(row.bits, layer.cols)[: columns.stop - columns.start])
            self.weights[chosen, columns, n] &= ~(1 << plane)
            self.weights[chosen, columns, n] |= bits << plane

    def rows(self) -> list[Row]:
        """Return every row there is, with random bits in all columns, padding included."""
        layer, rng = self.layer, self.rng
        return [
            Row(
                layer=layer.index, thresholds=False, tile=tile, group=group, line=line, bits=rng.getrandbits(layer.cols)
            )
            for tile in range(layer.arrays)
            for group in range(layer.array_groups)
            for line in range(layer.group_rows)
        ]

    def _expect_vector(self, values: list[int], tag: dict[str, int]) -> None:
        chosen = tag["mask"] >> self.layer.mask_offset & self.layer.sets - 1
        if self.drawn is None:
            expected = counts(self.layer, [values], self.weights[chosen])[0].tolist()
        else:
            expected = self.drawn.counts(values, torch.from_numpy(self.weights[chosen]))
        self.scoreboard.expect({"counts": expected, "tag": tag})

    def _observe(self, beat: dict[str, Any]) -> None:
        counted = self._beats.join(to_lanes(beat["planes"], self.layer.beat_outputs))
        if counted is not None:
            self.scoreboard.observe({"counts": counted, "tag": beat["tag"]})


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def initial_weights_are_used(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Counts of all vectors; without stalls in the promised cycles."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(_VECTORS)
    await bench.scoreboard.finish(at_least=_VECTORS)
    if source is sink is Stalls.NEVER:
        reads, stages = bench.layer.reads, bench.config.hardware.pipeline
        begin = bench.lines.offered[0]
        given: list[int] = []
        for index in range(_VECTORS * bench.layer.column_groups):
            # Where reads are few, a beat begins when the counts of the last but one were taken; the output is empty
            # for a cycle between two.
            begin = max(begin, given[-2] + 1) if index > 1 else begin
            given.append(max(begin + reads + 2 + stages, given[-1] + 2 if index else 0))
            begin += reads
        assert bench.given.cycles == given


@testcase()
async def a_reset_stops_everything(dut: Any) -> None:
    """At any moment; afterwards the crossbar is idle and its cells are as they were."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    for _ in range(_VECTORS):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_VECTORS))
        await cycles(dut, bench.rng.randint(1, 3 * bench.layer.reads))
        sending.cancel()
    await bench.reset()
    bench.scoreboard.matched = 0
    await bench.send(_VECTORS)
    await bench.scoreboard.finish(at_least=_VECTORS)


@testcase()
async def rows_are_programmed_and_read_back(dut: Any) -> None:
    """Every row holds what was written, and padding changes no count."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    await bench.reset()
    rows = bench.rows()
    for row in rows:
        await bench.program(row)
    for row in rows:
        assert await bench.port.read(row) == {"row": row.bits, "error": 0}, row
    await bench.send(_VECTORS)
    await bench.scoreboard.finish(at_least=_VECTORS)


@testcase()
async def missing_rows_are_refused(dut: Any) -> None:
    """A command for a row that does not exist is answered with an error and changes nothing."""
    bench = _Bench(dut)
    layer = bench.layer
    await bench.reset()
    rows = bench.rows()
    for row in rows:
        await bench.program(row)
    missing = missing_rows(bench.config, rows[0], layer.arrays, layer.array_groups, layer.group_rows)
    for row in missing:
        assert (await bench.port.program(row))["error"], row
        assert (await bench.port.read(row))["error"], row
    for row in rows:
        assert await bench.port.read(row) == {"row": row.bits, "error": 0}, row
    await bench.send(_VECTORS)
    await bench.scoreboard.finish(at_least=_VECTORS)


@testcase()
@cocotb.parametrize(sink=list(Stalls))
async def weights_change_between_vectors(dut: Any, sink: Stalls) -> None:
    """A command waits for the vector in progress; the next vector sees the new row."""
    bench = _Bench(dut, Stalls.NEVER, sink)
    await bench.reset()
    for row in bench.rows():
        await bench.program(row)
    sending = cocotb.start_soon(bench.send(2 * _VECTORS))
    rows = bench.rows()
    for row in bench.rng.sample(rows, min(len(rows), 2 * _VECTORS)):
        await bench.program(row)
        await cycles(dut, bench.rng.randint(0, 2 * bench.layer.reads))
    await sending
    await bench.scoreboard.finish(at_least=2 * _VECTORS)
    # Draws begin anew with a seed, between two passes.
    rest = -2 * _VECTORS % bench.layer.vectors
    await bench.send(rest)
    await bench.scoreboard.finish(at_least=2 * _VECTORS + rest)
    await bench.reseed(bench.rng.randrange(1, 2**bench.config.random.lfsr_width))
    await bench.send(_VECTORS)
    await bench.scoreboard.finish(at_least=3 * _VECTORS + rest)
