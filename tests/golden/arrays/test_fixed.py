"""Arrays whose weights are fixed, cell by cell."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.arrays import FixedArrays, Sweeps
from golden.data import random_config, random_program
from hdl.config import InputError

seeds = st.integers(0, 2**32 - 1)


def case(seed, method):
    rng = np.random.default_rng(seed)
    program = random_program(random_config(rng, bayes={"method": method}), rng)
    return program, rng


@given(seeds, st.sampled_from(["scale-dropout", "ensemble"]))
def test_counts_cell_by_cell(seed, method):
    program, rng = case(seed, method)
    arrays = FixedArrays(program)
    for layer, weights in zip(program.config.layers, program.weights, strict=True):
        bits = rng.integers(0, 2, (5, layer.inputs))
        sets = rng.integers(0, layer.sets, 5)
        given_sets = None if layer.sets == 1 else torch.from_numpy(sets)
        found = arrays.counts(layer, Sweeps(first=3, bits=torch.from_numpy(bits), sets=given_sets))
        assert found.dtype == torch.int64
        own = weights.reshape(layer.sets, layer.outputs, layer.inputs)[sets].tolist()
        assert found.tolist() == [
            [sum(bit == cell for bit, cell in zip(line, column, strict=True)) for column in columns]
            for line, columns in zip(bits.tolist(), own, strict=True)
        ]


def test_sets_go_with_the_layer():
    for method, wanted in (("ensemble", r"given for \d+ sets"), ("none", "omitted for a single set")):
        program, _ = case(0, method)
        layer = next(each for each in program.config.layers if (each.sets > 1) == (method == "ensemble"))
        sets = None if layer.sets > 1 else torch.zeros(2, dtype=torch.int64)
        sweeps = Sweeps(first=0, bits=torch.zeros((2, layer.inputs), dtype=torch.uint8), sets=sets)
        with pytest.raises(InputError, match=f"^sets must be {wanted} of weights, not "):
            FixedArrays(program).counts(layer, sweeps)


def test_drawn_weights_are_refused():
    program, _ = case(0, "sampled-weights")
    with pytest.raises(InputError, match=r"^bayes\.method must be one whose weights are fixed, not 'sampled-weights'$"):
        FixedArrays(program)
