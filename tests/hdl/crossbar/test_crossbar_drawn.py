"""Crossbars with drawn weights."""

import random

import numpy as np
import pytest
import torch

from cocotb_tests.agents.lanes import to_planes
from cocotb_tests.benches.drawn_weights import DrawnWeights
from hdl.crossbar import Crossbar
from hdl.testing import StreamMonitor, simulate, taking

from ..drawn_layers import SMALLEST_DRAWN, drawn_config
from ..word_lines import VectorSource
from .test_crossbar import random_vectors


def check(config, index, *, send_idle, take_idle):
    """Compare the counts of vectors that follow one another, whatever the pauses between them."""
    rng = random.Random(f"{config.name}-{index}-{send_idle}-{take_idle}")
    layer = config.layers[index]
    codes = np.random.default_rng(index).integers(0, 2**layer.weight_bits, (layer.outputs, layer.inputs))
    vectors = random_vectors(rng, config, layer, 2 * layer.vectors + 5)
    dut = Crossbar(config, layer, weights=codes)
    source = VectorSource(dut.i, layer, vectors, rng, idle=send_idle)
    out = StreamMonitor(dut.o)
    simulate(dut, source.run, taking(dut.o, len(vectors), idle=take_idle), background=[out.watch])
    drawn = DrawnWeights(config, layer)
    assert out.beats == [
        {"planes": to_planes(drawn.counts(values, torch.from_numpy(codes)), layer.count_width), "tag": tag}
        for values, tag in vectors
    ]
    if not (send_idle or take_idle):
        # As where weights are fixed.
        latency = layer.reads + 2 + config.hardware.pipeline
        assert out.offered[0] == source.offered[0] + latency


@pytest.mark.parametrize(("sampling", "generators", "pipeline"), [("read", 3, 0), ("pass", 1, 4), ("pass", 4, 2)])
@pytest.mark.parametrize(("send_idle", "take_idle"), [(0, 0), (2, 3)])
@pytest.mark.parametrize(
    "maps", [pytest.param(False, id="vectors"), pytest.param(True, id="maps", marks=pytest.mark.slow)]
)
def test_agrees_with_golden(sampling, generators, pipeline, maps, send_idle, take_idle):
    config = drawn_config(sampling, generators, maps=maps, pipeline=pipeline)
    check(config, 0, send_idle=send_idle, take_idle=take_idle)


def test_agrees_with_golden_at_the_smallest_sizes():
    check(SMALLEST_DRAWN, 0, send_idle=0, take_idle=0)
