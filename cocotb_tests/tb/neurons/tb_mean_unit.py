"""Testbench of :class:`hdl.neurons.MeanUnit`."""

from fractions import Fraction
from math import ceil
from typing import Any

import cocotb

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.column_beats import ColumnBeats
from cocotb_tests.agents.lanes import to_lanes, to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.stream_bench import StreamBench
from hdl.config import Layer
from hdl.neurons import Mean, MeanUnit, transformed_width
from hdl.streams import Activations

_MAPS = 12


class _Bench(StreamBench):
    """Agents around the mean unit, and pending planes."""

    def __init__(self, dut: Any, source: Stalls, sink: Stalls):
        parameters = Parameters.load()
        self.config = parameters.core
        self.layer: Layer = self.config.layers[parameters.values["layer"]]
        self.width = transformed_width(self.layer)
        self.rng = parameters.rng(source, sink)
        self._planes: list[int] = []
        self._sent = ColumnBeats(self.layer)
        shapes = (Activations(self.config, self.layer.beat_outputs), Mean(self.config, self.layer))
        super().__init__(dut, shapes, self._model, rng=self.rng, source=source, sink=sink)

    async def reset(self) -> None:
        await super().reset()
        self._planes.clear()

    async def send(self) -> None:
        """Send maps of numbers at both ends, of equal ones, whose mean they are, and of any."""
        rng, layer, highest = self.rng, self.layer, 2**self.width - 1
        for index in range(_MAPS):
            tag = {"mask": rng.getrandbits(self.config.stochastic.mask_width), "last": rng.getrandbits(1)}
            equal = rng.randint(0, highest - 1)
            levels = [(0,), (highest,), (equal, equal + 1), range(highest + 1)][index % 4]
            for _ in range(layer.vectors):
                numbers = [rng.choice(levels) for _ in range(layer.outputs)]
                for lanes in self._sent.split(numbers, rng, highest):
                    for plane in to_planes(lanes, self.width):
                        await self.driver.send({"bits": plane, "tag": tag})

    def _model(self, beat: dict[str, Any]) -> list[dict[str, Any]]:
        self._planes.append(beat["bits"])
        layer, width = self.layer, self.width
        if len(self._planes) < layer.beats * width:
            return []
        beats, joined = [self._planes[at : at + width] for at in range(0, len(self._planes), width)], ColumnBeats(layer)
        total = sum(sum(joined.join(to_lanes(planes, layer.beat_outputs)) or ()) for planes in beats)
        self._planes.clear()
        return [{"value": ceil(Fraction(total, layer.vectors * layer.outputs)), "tag": beat["tag"]}]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def means_are_those_of_all_values(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Rounded up; without stalls a plane is taken every cycle, and a mean is there when the block says."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send()
    await bench.scoreboard.finish(at_least=_MAPS)
    if source is sink is Stalls.NEVER:
        planes, divide = bench.layer.beats * bench.width, MeanUnit(bench.config, bench.layer).divide_cycles
        first, period = bench.taken.cycles[0], max(planes, divide + 2)
        assert bench.taken.cycles[:planes] == list(range(first, first + planes))
        assert bench.given.cycles == [first + planes + divide + 1 + period * index for index in range(_MAPS)]


@testcase()
async def a_reset_is_survived(dut: Any) -> None:
    """At any moment; the next plane is the first of a map."""
    bench = _Bench(dut, Stalls.OFTEN, Stalls.OFTEN)
    for _ in range(_MAPS):
        await bench.reset()
        sending = cocotb.start_soon(bench.send())
        await cycles(dut, bench.rng.randint(1, 3 * bench.layer.beats * bench.width))
        sending.cancel()
    await bench.reset()
    bench.scoreboard.matched = 0
    await bench.send()
    await bench.scoreboard.finish(at_least=_MAPS)
