"""Testbench of :class:`hdl.neurons.MeanComparator`."""

from typing import Any

import cocotb
from amaranth import unsigned

from cocotb_tests.agents.agents import StreamDriver, StreamMonitor
from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.column_beats import ColumnBeats
from cocotb_tests.agents.lanes import from_bits, to_lanes, to_planes
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.stream_bench import StreamBench
from hdl.config import Layer
from hdl.neurons import Mean, transformed_width
from hdl.streams import Activations

_MAPS = 12


class _Bench(StreamBench):
    """Agents around the comparator.

    The mean of a map is taken before its planes.
    """

    def __init__(self, dut: Any, source: Stalls, sink: Stalls):
        parameters = Parameters.load()
        self.config = parameters.core
        self.layer: Layer = self.config.layers[parameters.values["layer"]]
        self.width = transformed_width(self.layer)
        self.rng = parameters.rng(source, sink)
        self._planes: list[int] = []
        self._mean: dict[str, Any] = {}
        self._beats = ColumnBeats(self.layer)
        shapes = (unsigned(self.layer.beat_outputs), Activations(self.config, self.layer.outputs))
        super().__init__(dut, shapes, self._model, rng=self.rng, source=source, sink=sink)
        mean = Mean(self.config, self.layer)
        self._means = StreamDriver(dut, "mean", mean, source.pattern(self.rng))
        self.means = StreamMonitor(dut, "mean", mean, self._mean.update)

    async def reset(self) -> None:
        self._means.idle()
        await super().reset()
        self._planes.clear()
        self._beats.forget()

    async def send(self) -> None:
        """Send maps whose values are at, just above and just below their mean, and any."""
        rng, layer, highest = self.rng, self.layer, 2**self.width - 1
        for _ in range(_MAPS):
            mean = rng.choice((0, highest, rng.randint(0, highest)))
            tag = {"mask": rng.getrandbits(self.config.stochastic.mask_width), "last": rng.getrandbits(1)}
            sending = cocotb.start_soon(self._means.send({"value": mean, "tag": tag}))
            near = [min(max(mean + change, 0), highest) for change in (-1, 0, 1)]
            for _ in range(layer.vectors):
                numbers = [rng.choice((*near, rng.randint(0, highest))) for _ in range(layer.outputs)]
                for lanes in self._beats.split(numbers, rng, highest):
                    for plane in to_planes(lanes, self.width):
                        await self.driver.send(plane)
            await sending

    def _model(self, plane: int) -> list[dict[str, Any]]:
        self._planes.append(plane)
        if len(self._planes) < self.width:
            return []
        numbers = self._beats.join(to_lanes(self._planes, self.layer.beat_outputs))
        self._planes.clear()
        if numbers is None:
            return []
        return [{"bits": from_bits(number >= self._mean["value"] for number in numbers), "tag": self._mean["tag"]}]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def values_are_compared_with_their_mean(dut: Any, source: Stalls, sink: Stalls) -> None:
    """Without stalls a plane is taken every cycle after the mean, and activations are there in the next."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send()
    await bench.scoreboard.finish(at_least=_MAPS * bench.layer.vectors)
    if source is sink is Stalls.NEVER:
        planes, groups = bench.layer.beats * bench.width, bench.layer.column_groups
        assert bench.taken.cycles == [mean + 1 + plane for mean in bench.means.cycles for plane in range(planes)]
        lasts = bench.taken.cycles[groups * bench.width - 1 :: groups * bench.width]
        assert bench.given.cycles == [cycle + 1 for cycle in lasts]


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
    await bench.scoreboard.finish(at_least=_MAPS * bench.layer.vectors)
