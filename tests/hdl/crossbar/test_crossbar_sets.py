"""Crossbars with several sets of weights."""

import random

import numpy as np
import pytest

from cocotb_tests.agents.lanes import to_planes
from golden.arrays import counts
from golden.data import random_config, random_program
from hdl.contract import program_rows
from hdl.crossbar import Crossbar
from hdl.testing import StreamMonitor, simulate, taking

from ..configurations import each_stall, pipelined
from ..local_layers import local_config
from ..word_lines import VectorSource
from .test_crossbar import random_vectors


@pytest.mark.parametrize("sets", [8])
@pytest.mark.parametrize("index", [1, 2])
@pytest.mark.parametrize("pipeline", [0, 4])
@each_stall
def test_the_mask_bits_choose(sets, index, pipeline, send_idle, take_idle):
    """Each vector is computed with the set of its own tag, also where several are on their way."""
    config = pipelined(local_config("ensemble", 1, sets=sets), pipeline)
    layer = config.layers[index]
    rng = random.Random(f"{sets}-{index}-{pipeline}-{send_idle}-{take_idle}")
    weights = np.random.default_rng(sets).integers(0, 2, (sets, layer.outputs, layer.inputs))
    vectors = random_vectors(rng, config, layer, 16)
    dut = Crossbar(config, layer, weights=weights)
    source = VectorSource(dut.i, layer, vectors, rng, idle=send_idle)
    out = StreamMonitor(dut.o)
    simulate(dut, source.run, taking(dut.o, len(vectors), idle=take_idle), background=[out.watch])
    chosen = [tag["mask"] >> layer.mask_offset & sets - 1 for _, tag in vectors]
    expected = [
        {"planes": to_planes(counts(layer, [values], weights[own])[0].tolist(), layer.count_width), "tag": tag}
        for own, (values, tag) in zip(chosen, vectors, strict=True)
    ]
    assert out.beats == expected
    assert len(set(chosen)) > 1


@pytest.mark.parametrize("maps", [False, True], ids=["vectors", "maps"])
@pytest.mark.parametrize("seed", range(4))
def test_every_bit_is_at_its_address(maps, seed):
    """docs/numerics.md#rows-of-memory, integer by integer: the groups of a set follow those of the one before."""
    rng = np.random.default_rng(seed)
    config = random_config(rng, convolutions=maps, bayes={"method": "ensemble"})
    program = random_program(config, rng)
    cells = {(row.layer, row.thresholds, row.tile, row.group, row.line): row.bits for row in program_rows(program)}
    compared = 0
    for layer in config.layers:
        weights = program.weights[layer.index].reshape(layer.sets, layer.outputs, layer.inputs)
        for chosen, m, n in np.ndindex(weights.shape):
            array = n // layer.rows * layer.col_tiles + m // layer.cols
            group = chosen * (layer.rows // layer.rows_per_read) + n % layer.rows // layer.rows_per_read
            word = cells[layer.index, False, array, group, n % layer.rows_per_read]
            assert word >> m % layer.cols & 1 == weights[chosen, m, n]
            compared += 1
    for layer in config.hidden_layers:
        neurons = program.neurons[layer.index]
        for m, choice in np.ndindex(neurons["thresholds"].shape):
            word = cells[layer.index, True, m // layer.cols, choice, layer.threshold_width]
            assert word >> m % layer.cols & 1 == neurons["flips"][m, choice]
            compared += 1
    assert compared == sum(weights.size for weights in program.weights) + sum(
        neurons["flips"].size for neurons in program.neurons
    )
