import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.arrays import counts
from golden.data import random_config, random_program
from golden.model import FoldedLayer, Scratch
from golden.neurons import fire


@given(st.integers(0, 2**32 - 1))
def test_folding_changes_no_bit(seed):
    rng = np.random.default_rng(seed)
    program = random_program(random_config(rng), rng)
    scratch = Scratch()
    for layer in program.config.hidden_layers:
        weights, flips = program.weights[layer.index], program.flips[layer.index]
        thresholds = program.thresholds[layer.index]
        folded = FoldedLayer(layer, weights, program.neurons[layer.index], torch.device("cpu"))
        inputs = torch.from_numpy(rng.integers(0, layer.plane_gain, (6, layer.inputs), endpoint=True))
        chosen = [fire(counts(layer, inputs, weights), thresholds[:, [m]], flips) for m in range(layer.choices)]
        if layer.choices == 2:
            both = torch.stack(chosen, dim=1)
            assert folded.fire_all(inputs, scratch).tolist() == both.view(12, -1).tolist()
            rows, choices = torch.tensor([5, 0, 0, 3]), torch.tensor([1, 1, 0, 0])
            assert folded.fire(inputs, rows, choices, scratch).tolist() == both[rows, choices].tolist()
        else:
            assert folded.fire(inputs, None, None, scratch).tolist() == chosen[0].tolist()


def test_scratch_is_reused_where_it_fits():
    scratch, like = Scratch(), torch.empty(0)
    first = scratch.take(0, "sums", (4, 3), like)
    assert scratch.take(0, "sums", (2, 5), like).data_ptr() == first.data_ptr()
    assert scratch.take(0, "fired", (4, 3), like).data_ptr() != first.data_ptr()
    assert scratch.take(1, "sums", (4, 3), like).data_ptr() != first.data_ptr()
    assert scratch.take(0, "sums", (9, 9), like).shape == (9, 9)
