import random

import numpy as np

from cocotb_tests.agents.lanes import from_bits, to_planes
from hdl.neurons import InvertedNormalization
from hdl.testing import StreamMonitor, sending, simulate, taking

from ..affine import each_affine_layer, fired, random_contents, random_maps
from ..configurations import each_stall


def payloads(layer, maps):
    return [{"planes": to_planes(counts, layer.count_width), "tag": tag} for numbers, tag in maps for counts in numbers]


def expected_beats(layer, contents, maps):
    return [
        {"bits": from_bits(position), "tag": tag}
        for numbers, tag in maps
        for position in fired(layer, contents, numbers, tag)
    ]


def arrays(contents):
    return {name: np.array(values) for name, values in contents.items()}


@each_affine_layer
@each_stall
def test_agrees_with_the_documents(config, layer, send_idle, take_idle):
    rng = random.Random(f"{config.name}-{layer.index}")
    contents = random_contents(rng, layer)
    maps = random_maps(rng, config, layer, max(3, 12 // layer.vectors))
    dut = InvertedNormalization(config, layer, contents=arrays(contents))
    source, out = StreamMonitor(dut.i), StreamMonitor(dut.o)
    vectors = layer.vectors

    simulate(
        dut,
        sending(dut.i, payloads(layer, maps), idle=send_idle),
        taking(dut.o, len(maps) * vectors, idle=take_idle),
        background=[source.watch, out.watch],
    )

    assert out.beats == expected_beats(layer, contents, maps)
    if not take_idle:
        firsts = out.offered[::vectors]
        assert firsts == [cycle + dut.width + dut.divide_cycles + 4 for cycle in source.taken[vectors - 1 :: vectors]]
        assert out.offered == [first + dut.width * position for first in firsts for position in range(vectors)]
        if not send_idle:
            lasts = source.taken[vectors - 1 :: vectors]
            assert lasts == [lasts[0] + dut.period * index for index in range(len(maps))]
