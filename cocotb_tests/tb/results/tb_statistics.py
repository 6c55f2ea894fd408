"""Testbench of :class:`hdl.results.Statistics`."""

from typing import Any

import cocotb
import torch

from cocotb_tests.agents.clocking import cycles
from cocotb_tests.agents.parameters import Parameters
from cocotb_tests.agents.port_monitor import PortMonitor
from cocotb_tests.agents.stalls import Stalls
from cocotb_tests.agents.testcase import testcase
from cocotb_tests.benches.stream_bench import StreamBench
from golden.model import statistics
from hdl.streams import ClassStatistics, Logit

_INPUTS = 16


class _Bench(StreamBench):
    """Agents, and the logits of the current input."""

    def __init__(self, dut: Any, source: Stalls = Stalls.NEVER, sink: Stalls = Stalls.NEVER):
        parameters = Parameters.load()
        self.config = parameters.core
        self.rng = parameters.rng(source, sink)
        self.values: list[list[int]] = [[]]
        self.weights: list[int] = []
        self.latency = 5 if self.config.passes_weighted else 4
        self.done = 0
        shapes = (Logit(self.config), ClassStatistics(self.config))
        super().__init__(dut, shapes, self._model, rng=self.rng, source=source, sink=sink)
        PortMonitor(dut, ["done"], self._count)

    async def reset(self) -> None:
        self.values = [[]]
        self.weights = []
        await super().reset()

    async def send(self, inputs: int) -> None:
        """Send inputs of one pass, of the most and of any number; many ties, and sometimes only extremes."""
        config, rng = self.config, self.rng
        for index in range(inputs):
            most = config.stochastic.masks if config.passes_weighted else config.bayes.max_passes
            passes = (1, most, rng.randint(1, most))[index % 3]
            ends = (config.logits.lowest, config.logits.highest)
            near = rng.randint(*ends)
            few = [max(ends[0], near - 1), near]
            # Equal weights, with what remains on the last pass.
            share = rng.randint(1, max(1, config.pass_weight_total // passes))
            for turn in range(passes):
                weight = share if turn < passes - 1 else config.pass_weight_total - share * turn
                for label in range(config.network.classes):
                    kinds = (rng.choice(few), ends[0], rng.choice(ends), rng.randint(*ends))
                    beat = {"value": kinds[index % 4], "index": label, "last": int(turn == passes - 1)}
                    beat |= {"weight": weight} if config.passes_weighted else {}
                    await self.driver.send(beat)

    def _count(self, ports: dict[str, int]) -> None:
        self.done += ports["done"]

    def _model(self, beat: dict[str, int]) -> list[dict[str, int]]:
        classes = self.config.network.classes
        self.values[-1].append(beat["value"])
        if len(self.values[-1]) < classes:
            return []
        self.weights.append(beat.get("weight", 1))
        if not beat["last"]:
            self.values.append([])
            return []
        found = statistics(torch.tensor([self.values]), torch.tensor([self.weights]))
        self.values, self.weights = [[]], []
        return [
            {
                "sum": int(found.sums[0, label]),
                "square": int(found.squares[0, label]),
                "votes": int(found.votes[0, label]),
                "index": label,
                "winner": int(found.winner[0]),
            }
            for label in range(classes)
        ]


@testcase()
@cocotb.parametrize(source=list(Stalls), sink=list(Stalls))
async def passes_are_summed(dut: Any, source: Stalls, sink: Stalls) -> None:
    """All members of all results; `done` once an input."""
    bench = _Bench(dut, source, sink)
    await bench.reset()
    await bench.send(_INPUTS)
    await bench.scoreboard.finish(at_least=_INPUTS * bench.config.network.classes)
    assert bench.done == _INPUTS


@testcase()
async def results_follow_in_time(dut: Any) -> None:
    """Four cycles after the last logit, or five with weights, then a class a cycle, then logits again at once."""
    bench = _Bench(dut)
    classes = bench.config.network.classes
    await bench.reset()
    await bench.send(_INPUTS)
    await bench.scoreboard.finish(at_least=_INPUTS * classes)
    for start in range(0, len(bench.given.cycles), classes):
        given = bench.given.cycles[start : start + classes]
        before = [taken for taken in bench.taken.cycles if taken < given[0]]
        assert given == [before[-1] + bench.latency + index for index in range(classes)]
        after = [taken for taken in bench.taken.cycles if taken > given[-1]]
        assert not after or after[0] == given[-1] + 1


@testcase()
async def a_reset_begins_a_new_input(dut: Any) -> None:
    """Sums, votes and winner of the interrupted one are forgotten."""
    bench = _Bench(dut, sink=Stalls.OFTEN)
    for _ in range(8):
        await bench.reset()
        sending = cocotb.start_soon(bench.send(_INPUTS))
        await cycles(dut, bench.rng.randint(1, 60))
        sending.cancel()
    await bench.reset()
    matched = bench.scoreboard.matched
    await bench.send(_INPUTS)
    await bench.scoreboard.finish(at_least=matched + _INPUTS * bench.config.network.classes)
