"""Testbench of :class:`hdl.results.predictive.Predictive`."""

from typing import Any

import cocotb
import torch

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import drive
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.stream_bench import StreamBench
from golden.model import predictive
from hdl.config import Measure, PredictiveFormat
from hdl.results.predictive import Predictive
from hdl.streams import Logit, Prediction

_INPUTS = 12


class _Bench(StreamBench):
    """Agents, and the logits of the current input."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.config = parameters.core
        self.rng = parameters.rng(source, sink)
        assert self.config.measures is not None, "this testbench needs predictive probabilities"
        self.measures: PredictiveFormat = self.config.measures
        self.values: list[list[int]] = [[]]
        self.choose(self.rng.choice(list(Measure)), self.rng.randrange(2**self.measures.entropy_bits))
        shapes = (Logit(self.config), Prediction(self.measures))
        super().__init__(dut, shapes, self._model, rng=self.rng, source=source, sink=sink)
        drive(dut, measure=self.measure.code, threshold=self.threshold)

    def choose(self, measure: Measure, threshold: int) -> None:
        """Choose which inputs are unknown."""
        self.measure, self.threshold = measure, threshold

    async def reset(self) -> None:
        self.values = [[]]
        await super().reset()

    async def send(self, inputs: int, passes: int | None = None) -> None:
        """Send inputs of one pass, of the most and of any number: unsure, steady from pass to pass, tied, extreme."""
        config, rng = self.config, self.rng
        ends = (config.logits.lowest, config.logits.highest)
        near = 2 << config.logits.fraction
        for index in range(inputs):
            most = config.bayes.max_passes
            count = (1, most, rng.randint(1, most))[index % 3] if passes is None else passes
            steady = [rng.randint(-near, near) // 2 for _ in range(config.network.classes)]
            for turn in range(count):
                for label in range(config.network.classes):
                    unsure = max(ends[0], min(ends[1], rng.randint(-near, near)))
                    kept = max(ends[0], min(ends[1], steady[label] + rng.randint(0, 1)))
                    kinds = (unsure, kept, rng.choice(ends), kept, rng.randint(*ends), rng.choice((-1, 0)))
                    beat = {"value": kinds[index % len(kinds)], "index": label, "last": int(turn == count - 1)}
                    await self.driver.send(beat)

    def _model(self, beat: dict[str, int]) -> list[dict[str, int]]:
        classes = self.config.network.classes
        self.values[-1].append(beat["value"])
        if len(self.values[-1]) < classes:
            return []
        if not beat["last"]:
            self.values.append([])
            return []
        found = predictive(torch.tensor([self.values]), self.measures)
        self.values = [[]]
        common = {
            "predictive_entropy": int(found.predictive_entropy),
            "expected_entropy": int(found.expected_entropy),
            "mutual_information": int(found.mutual_information),
            "unknown": int(found.unknown(self.measure, self.threshold)),
        }
        return [{"probability": value, **common} for value in found.probability[0].tolist()]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def distributions_are_those_of_golden(dut: Any, source: Stalls, sink: Stalls) -> None:
    """All members of all results."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(_INPUTS)
    await bench.scoreboard.finish(at_least=_INPUTS * bench.config.network.classes)


@testcase()
async def results_follow_in_time(dut: Any) -> None:
    """A fixed number of cycles after the last logit, then a class a cycle; inputs in the time of their divisions."""
    bench = _Bench(dut)
    config, classes = bench.config, bench.config.network.classes
    block = Predictive(bench.measures, Logit(config), total_width=config.passes_width)
    await bench.reset()
    await bench.send(_INPUTS, passes=1)
    await bench.scoreboard.finish(at_least=_INPUTS * classes)
    given = bench.given.cycles
    assert given[0] == bench.taken.cycles[classes - 1] + block.latency
    starts = [given[0] + index * block.input_cycles for index in range(_INPUTS)]
    assert given == [start + index for start in starts for index in range(classes)]


@testcase()
async def a_reset_begins_a_new_input(dut: Any) -> None:
    """Sums of the interrupted ones are forgotten."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    for _ in range(8):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_INPUTS))
        await cycles(dut, bench.rng.randint(1, 160))
        sending.cancel()
    await bench.reset()
    matched = bench.scoreboard.matched
    await bench.send(_INPUTS)
    await bench.scoreboard.finish(at_least=matched + _INPUTS * bench.config.network.classes)
