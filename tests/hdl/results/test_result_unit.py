import random

import pytest

from hdl.results import ResultUnit
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import CONFIGURATIONS, by_name, each_stall, predictive
from .test_statistics import Done, as_payloads, expected_beats, random_inputs, random_weights

#: Without and with predictive probabilities, which are compared with golden in the tests of `Predictive` and the core.
CONFIGS = (CONFIGURATIONS[0], CONFIGURATIONS[3], predictive(CONFIGURATIONS[0]), predictive(CONFIGURATIONS[3]))


@pytest.mark.parametrize("config", CONFIGS, ids=by_name)
@each_stall
def test_every_input_has_its_results(config, send_idle, take_idle):
    rng = random.Random(config.name)
    classes = config.network.classes
    inputs = random_inputs(rng, config)
    weights = random_weights(rng, config, inputs)
    expected = expected_beats(inputs, weights)
    dut = ResultUnit(config)
    out, done = StreamMonitor(dut.o), Done(dut)

    async def settings(ctx):
        if config.measures is not None:
            ctx.set(dut.threshold, 1)

    simulate(
        dut,
        settings,
        sending(dut.i, as_payloads(config, inputs, weights), idle=send_idle),
        taking(dut.o, len(expected), idle=take_idle),
        background=[out.watch, done.watch],
        max_cycles=40_000,
    )
    assert [{name: beat[name] for name in expected[0]} for beat in out.beats] == expected
    assert done.cycles == out.taken[classes - 1 :: classes]
    if config.measures is not None:
        one = 2**config.measures.probability_bits
        for start in range(0, len(out.beats), classes):
            total = sum(beat["probability"] for beat in out.beats[start : start + classes])
            assert abs(total - one) <= classes
