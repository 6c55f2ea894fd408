"""Testbench of :class:`hdl.results.Logits`."""

from typing import Any

import cocotb

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.column_beats import ColumnBeats
from cocotb_tests.agents.lanes import to_lanes, to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.tags import random_tag
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.stream_bench import StreamBench
from hdl.streams import Counts, Preactivation

_PASSES = 30


class _Bench(StreamBench):
    """Agents, and the definition z = 2P − count_max."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.config = parameters.core
        self.layer = self.config.layers[-1]
        self.rng = parameters.rng(source, sink)
        self._beats = ColumnBeats(self.layer)
        shapes = (Counts(self.config, self.layer), Preactivation(self.config))
        super().__init__(dut, shapes, self._model, rng=self.rng, source=source, sink=sink)

    async def send(self, count: int) -> None:
        """Send random counts and both extremes."""
        layer, rng = self.layer, self.rng
        for _ in range(count):
            numbers = [rng.choice((0, layer.count_max, rng.randint(0, layer.count_max))) for _ in range(layer.outputs)]
            tag = random_tag(self.config, rng)
            for lanes in self._beats.split(numbers, rng, layer.count_max):
                await self.driver.send({"planes": to_planes(lanes, layer.count_width), "tag": tag})

    async def reset(self) -> None:
        await super().reset()
        self._beats.forget()

    def _model(self, beat: dict[str, Any]) -> list[dict[str, int]]:
        layer = self.layer
        numbers = self._beats.join(to_lanes(beat["planes"], layer.beat_outputs))
        kept = {name: beat["tag"][name] for name in ("last", "weight") if name in beat["tag"]}
        return [{"z": 2 * count - layer.count_max, "index": index, **kept} for index, count in enumerate(numbers or ())]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def classes_follow_one_another(dut: Any, source: Stalls, sink: Stalls) -> None:
    """In order, with the tag of their pass; without stalls a class a cycle from the cycle after the counts."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(_PASSES)
    classes = bench.layer.outputs
    await bench.scoreboard.finish(at_least=_PASSES * classes)
    if source is sink is Stalls.NEVER:
        waits = bench.layer.column_groups - 1
        assert bench.given.cycles[0] == bench.taken.cycles[waits] + 1
        assert bench.given.cycles[-1] - bench.given.cycles[0] == _PASSES * (classes + waits) - waits - 1


@testcase()
async def a_reset_is_survived(dut: Any) -> None:
    """A vector in progress is forgotten."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    for _ in range(6):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_PASSES))
        await cycles(dut, bench.rng.randint(1, 4 * bench.layer.outputs))
        sending.cancel()
    await bench.reset()
    await bench.send(_PASSES)
    await bench.scoreboard.finish(at_least=_PASSES * bench.layer.outputs)
