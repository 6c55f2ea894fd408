import random

import numpy as np
import pytest

from golden.model import statistics
from hdl.results import Statistics
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import CONFIGURATIONS, WEIGHTED, cases, each_stall

each_configuration = pytest.mark.parametrize("config", cases([*CONFIGURATIONS, *WEIGHTED]))


class Done:
    """Cycles in which an input was done."""

    def __init__(self, dut):
        self._dut = dut
        self.cycles = []

    async def watch(self, ctx):
        cycle = 0
        async for _, _, done in ctx.tick().sample(self._dut.done):
            if done:
                self.cycles.append(cycle)
            cycle += 1


def random_inputs(rng, config):
    """Return logits as [input][pass][class]: many ties, the extremes, one pass and the largest number of them."""
    low, high = config.logits.lowest, config.logits.highest
    classes, most = config.network.classes, config.bayes.max_passes
    kinds = [lambda: low, lambda: high, lambda: rng.choice([low, high]), lambda: rng.choice([-1, 0, 1])]
    kinds += [lambda: rng.randint(low, high), lambda: 0]
    if config.passes_weighted:
        most = config.stochastic.masks
    lengths = [most, 1, rng.randint(1, most)]
    return [[[kind() for _ in range(classes)] for _ in range(passes)] for kind in kinds for passes in lengths]


def random_weights(rng, config, inputs):
    """Return weights as [input][pass], none 0, of which many are 1 and those of an input have the largest sum."""
    if not config.passes_weighted:
        return [[1] * len(passes) for passes in inputs]
    weights = [
        [rng.choice([1, rng.randint(1, config.pass_weight_total // len(passes))]) for _ in passes] for passes in inputs
    ]
    for each in weights:
        each[rng.randrange(len(each))] += config.pass_weight_total - sum(each)
    return weights


def as_payloads(config, inputs, weights):
    return [
        {"value": value, "index": index, "last": number == len(passes) - 1}
        | ({"weight": weight} if config.passes_weighted else {})
        for passes, of_passes in zip(inputs, weights, strict=True)
        for number, (logits, weight) in enumerate(zip(passes, of_passes, strict=True))
        for index, value in enumerate(logits)
    ]


def expected_beats(inputs, weights):
    beats = []
    for passes, of_passes in zip(inputs, weights, strict=True):
        result = statistics(np.array([passes]), np.array([of_passes]))
        columns = (result.sums[0].tolist(), result.squares[0].tolist(), result.votes[0].tolist())
        beats += [
            {"sum": total, "square": square, "votes": votes, "index": index, "winner": int(result.winner[0])}
            for index, (total, square, votes) in enumerate(zip(*columns, strict=True))
        ]
    return beats


@each_configuration
@each_stall
def test_agrees_with_golden(config, send_idle, take_idle):
    rng = random.Random(config.name)
    classes = config.network.classes
    inputs = random_inputs(rng, config)
    weights = random_weights(rng, config, inputs)
    expected = expected_beats(inputs, weights)
    dut = Statistics(config)
    source, out, done = StreamMonitor(dut.i), StreamMonitor(dut.o), Done(dut)

    simulate(
        dut,
        sending(dut.i, as_payloads(config, inputs, weights), idle=send_idle),
        taking(dut.o, len(expected), idle=take_idle),
        background=[source.watch, out.watch, done.watch],
    )

    assert out.beats == expected
    # Every input is done with its last result.
    assert done.cycles == out.taken[classes - 1 :: classes]
    logits_taken = np.cumsum([len(passes) * classes for passes in inputs]) - 1
    # Results are there four cycles after the last logit was taken, or five.
    latency = 5 if config.passes_weighted else 4
    assert out.offered[::classes] == [source.taken[index] + latency for index in logits_taken]
    if not take_idle:
        # Then one class a cycle.
        assert all(
            out.taken[index + 1] == out.taken[index] + 1 for index in range(len(expected)) if (index + 1) % classes
        )
    if not send_idle:
        # Before that a logit a cycle; the next input begins in the cycle after the last result.
        starts = [0, *(cycle + 1 for cycle in done.cycles[:-1])]
        lengths = [len(passes) * classes for passes in inputs]
        assert source.taken == [
            start + offset for start, length in zip(starts, lengths, strict=True) for offset in range(length)
        ]


@pytest.mark.parametrize("extreme", ["lowest", "highest"])
@each_configuration
def test_is_wide_enough(config, extreme):
    """All logits at one end in the largest number of passes: the sums are the numbers, not golden's."""
    value = getattr(config.logits, extreme)
    classes, passes = config.network.classes, config.pass_weight_total
    weights = [[passes]] if config.passes_weighted else [[1] * passes]
    inputs = [[[value] * classes] * len(weights[0])]
    dut = Statistics(config)
    out = StreamMonitor(dut.o)
    send = sending(dut.i, as_payloads(config, inputs, weights))
    simulate(dut, send, taking(dut.o, classes), background=[out.watch])
    # Equal in every pass and in sum: class 0 has all votes and wins.
    assert out.beats == [
        {
            "sum": value * passes,
            "square": value**2 * passes,
            "votes": passes * (index == 0),
            "index": index,
            "winner": 0,
        }
        for index in range(classes)
    ]
