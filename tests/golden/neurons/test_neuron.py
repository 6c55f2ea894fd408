import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.neurons import fire
from hdl.config import InputError

from .. import reference


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(0, 5), st.integers(1, 4), st.booleans())
def test_agrees_with_the_formula(seed, outputs, batch, choices, own_flips):
    rng = np.random.default_rng(seed)
    # A small range, so that counts often equal a threshold.
    counts = rng.integers(0, 5, (batch, outputs))
    thresholds = rng.integers(0, 6, (outputs, choices))
    flips = rng.integers(0, 2, (outputs, choices) if own_flips else outputs)
    mask = rng.integers(0, choices, batch) if choices > 1 else None
    result = fire(counts, thresholds, flips, mask)
    assert result.dtype == torch.uint8
    assert result.tolist() == [
        [
            reference.activation(count, own, flip[chosen] if own_flips else flip, chosen)
            for count, own, flip in zip(counts[i], thresholds.tolist(), flips, strict=True)
        ]
        for i, chosen in enumerate([0] * batch if mask is None else mask)
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
        ({"thresholds": [[1, 2, 3], [1, 2, 3]], "mask": [3]}, r"mask must be between 0 and 2, not 3"),
        ({"thresholds": [[1, 2, 3], [1, 2, 3]], "mask": None}, r"mask must be given for 3 choices, not None"),
        ({"flips": [[0], [1]]}, r"flips must have shape \(2, 2\), not \(2, 1\)"),
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
