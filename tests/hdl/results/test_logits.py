import random

import pytest

from cocotb_tests.agents.lanes import to_planes
from hdl.results import Logits
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..configurations import CONFIGURATIONS, WEIGHTED, cases, each_stall


@pytest.mark.parametrize("config", cases([*CONFIGURATIONS, *WEIGHTED]))
@each_stall
def test_gives_out_class_after_class(config, send_idle, take_idle):
    rng = random.Random(config.name)
    layer = config.layers[-1]
    top = layer.count_max
    counts = [[0] * layer.outputs, [top] * layer.outputs]
    counts += [[rng.randint(0, top) for _ in range(layer.outputs)] for _ in range(10)]
    kept = [{"last": rng.getrandbits(1)} for _ in counts]
    if config.passes_weighted:
        kept = [members | {"weight": rng.getrandbits(config.pass_weight_width)} for members in kept]
    payloads = [
        {
            "planes": to_planes(numbers, layer.count_width),
            "tag": {"mask": rng.getrandbits(config.stochastic.mask_width), **members},
        }
        for numbers, members in zip(counts, kept, strict=True)
    ]
    expected = [
        {"z": 2 * count - top, "index": index, **members}
        for numbers, members in zip(counts, kept, strict=True)
        for index, count in enumerate(numbers)
    ]
    dut = Logits(config)
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)

    simulate(
        dut,
        sending(dut.i, payloads, idle=send_idle),
        taking(dut.o, len(expected), idle=take_idle),
        background=[source.watch, out.watch],
    )

    assert out.beats == expected
    # The first class is there one cycle after the counts were taken.
    assert out.offered[:: layer.outputs] == [cycle + 1 for cycle in source.taken]
    if not (send_idle or take_idle):
        # A class a cycle, and the next counts are taken with the last class.
        assert out.taken == list(range(1, len(expected) + 1))
        assert source.taken[1:] == out.taken[layer.outputs - 1 : -1 : layer.outputs]
