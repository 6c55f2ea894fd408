import random

import numpy as np
import pytest

from cocotb_tests.agents.lanes import to_planes
from golden.data import random_program
from golden.model import correct
from hdl.results import LogitUnit
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import CONFIGURATIONS, by_name, each_stall


@pytest.mark.parametrize("config", CONFIGURATIONS, ids=by_name)
@each_stall
def test_logits_are_those_of_the_counts(config, send_idle, take_idle):
    rng = random.Random(config.name)
    layer, classes = config.layers[-1], config.network.classes
    program = random_program(config, np.random.default_rng(3))
    top = layer.count_max
    counts = [[0] * classes, [top] * classes, *([rng.randint(0, top) for _ in range(classes)] for _ in range(10))]
    lasts = [rng.getrandbits(1) for _ in counts]
    payloads = [
        {"planes": to_planes(numbers, layer.count_width), "tag": {"mask": 0, "last": last}}
        for numbers, last in zip(counts, lasts, strict=True)
    ]
    values = correct(2 * np.array(counts) - top, program.gains, program.offsets, program.shifts, config.logits)
    expected = [
        {"value": value, "index": index, "last": last}
        for row, last in zip(values.tolist(), lasts, strict=True)
        for index, value in enumerate(row)
    ]
    dut = LogitUnit(config, program)
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    simulate(
        dut,
        sending(dut.i, payloads, idle=send_idle),
        taking(dut.o, len(expected), idle=take_idle),
        background=[source.watch, out.watch],
    )
    assert out.beats == expected
    assert out.offered[0] == source.taken[0] + 7
    if not (send_idle or take_idle):
        assert out.taken == list(range(out.taken[0], out.taken[0] + len(expected)))
