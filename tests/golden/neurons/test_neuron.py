import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.neurons.neuron import fire
from hdl.config import InputError

from .. import reference


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(0, 5), st.integers(1, 2))
def test_agrees_with_the_formula(seed, outputs, batch, choices):
    rng = np.random.default_rng(seed)
    # A small range, so that counts often equal a threshold.
    counts = rng.integers(0, 5, (batch, outputs))
    thresholds = rng.integers(0, 6, (outputs, choices))
    flips = rng.integers(0, 2, outputs)
    mask = rng.integers(0, 2, batch) if choices == 2 else None
    result = fire(counts, thresholds, flips, mask)
    assert result.dtype == torch.uint8
    assert result.tolist() == [
        [
            reference.activation(*neuron, 0 if mask is None else mask[i])
            for neuron in zip(counts[i], thresholds.tolist(), flips, strict=True)
        ]
        for i in range(batch)
    ]


def test_ends():
    counts = [[0, 7], [7, 0]]
    assert fire(counts, [[0], [8]], [0, 0]).tolist() == [[1, 0], [1, 0]]
    assert fire(counts, [[0], [8]], [1, 1]).tolist() == [[0, 1], [0, 1]]


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"counts": [1, 2]}, r"counts must have shape \(any, any\), not \(2,\)"),
        ({"thresholds": [[1, 2]]}, r"thresholds must have shape \(2, any\), not \(1, 2\)"),
        ({"thresholds": [[1, 2, 3], [1, 2, 3]]}, r"thresholds must have 1 or 2 choices, not 3"),
        ({"flips": [0, 2]}, r"flips must be between 0 and 1, not 2"),
        ({"mask": None}, r"mask must be given for 2 choices, not None"),
        ({"mask": [0, 1]}, r"mask must have shape \(1\), not \(2,\)"),
        ({"mask": [2]}, r"mask must be between 0 and 1, not 2"),
        ({"thresholds": [[1], [2]]}, r"mask must be None for 1 choices, not \[1\]"),
    ],
)
def test_bad_input(change, line):
    arguments = {"counts": [[1, 2]], "thresholds": [[1, 2], [3, 4]], "flips": [0, 1], "mask": [1]} | change
    with pytest.raises(InputError, match=f"^{line}$"):
        fire(**arguments)
