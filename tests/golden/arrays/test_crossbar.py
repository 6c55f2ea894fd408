import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from golden.arrays import agreements, counts, read_counts
from golden.data import random_config
from hdl.config import InputError, Layer
from hdl.contract import array_rows

from .. import reference

seeds = st.integers(0, 2**32 - 1)


def case(seed):
    """Return a random layer with inputs, shape (3, N), and weights, shape (outputs, N)."""
    rng = np.random.default_rng(seed)
    layers = random_config(rng).layers
    layer = layers[int(rng.integers(len(layers)))]
    inputs = rng.integers(0, layer.plane_gain, (3, layer.inputs), endpoint=True)
    return layer, inputs, rng.integers(0, 2, (layer.outputs, layer.inputs))


@given(seeds)
def test_agreements_cell_by_cell(seed):
    rng = np.random.default_rng(seed)
    bits, weights = rng.integers(0, 2, (4, 9)), rng.integers(0, 2, (5, 9))
    result = agreements(bits, weights)
    assert result.dtype == torch.int64
    assert result.tolist() == [[sum(a == b for a, b in zip(x, w, strict=True)) for w in weights] for x in bits]


@given(seeds)
def test_counts_cell_by_cell(seed):
    layer, inputs, weights = case(seed)
    result = counts(layer, inputs, weights)
    assert result.dtype == torch.int64
    expected = [[reference.count(layer, x, w) for w in weights.tolist()] for x in inputs.tolist()]
    assert result.tolist() == expected


@given(seeds)
def test_counts_are_sums_of_reads(seed):
    layer, inputs, weights = case(seed)
    total = np.zeros((layer.col_tiles, layer.cols), dtype=np.int64)
    for tile in range(layer.arrays):
        row_tile, col_tile = divmod(tile, layer.col_tiles)
        for group in range(layer.array_groups):
            first = row_tile * layer.rows + group * layer.rows_per_read
            # The bits of word lines that hold no input must not matter: here they are 1.
            values = np.full(layer.rows_per_read, layer.plane_gain)
            part = inputs[0, first : min(first + layer.rows_per_read, (row_tile + 1) * layer.rows)]
            values[: part.size] = part
            for plane in range(layer.input_bits):
                total[col_tile] += 2**plane * read_counts(layer, weights, tile, group, values >> plane & 1).numpy()
    assert total.reshape(-1)[: layer.outputs].tolist() == counts(layer, inputs[:1], weights)[0].tolist()


@given(seeds)
def test_read_counts_cell_by_cell(seed):
    layer, _, weights = case(seed)
    rng = np.random.default_rng(seed)
    for tile in range(layer.arrays):
        row_tile = tile // layer.col_tiles
        for group, words in enumerate(array_rows(weights, layer, tile)):
            bits = rng.integers(0, 2, layer.rows_per_read).tolist()
            expected = [0] * layer.cols
            for line, (bit, word) in enumerate(zip(bits, words, strict=True)):
                holds_an_input = row_tile * layer.rows + group * layer.rows_per_read + line < layer.inputs
                for col in range(layer.cols):
                    expected[col] += int(holds_an_input and (word >> col & 1) == bit)
            result = read_counts(layer, weights, tile, group, bits)
            assert result.tolist() == expected
            assert max(expected) < 2**layer.read_width


@given(seeds)
def test_extremes_fit_their_widths(seed):
    layer, _, weights = case(seed)
    agreeing = weights * layer.plane_gain
    most = counts(layer, agreeing, weights).diagonal()
    least = counts(layer, layer.plane_gain - agreeing, weights).diagonal()
    assert most.tolist() == [layer.count_max] * layer.outputs
    assert least.tolist() == [0] * layer.outputs
    assert layer.count_max < 2**layer.count_width
    assert layer.threshold_max < 2**layer.threshold_width
    assert layer.count_max < 2 ** (layer.z_width - 1)
    assert layer.rows_per_read < 2**layer.read_width


@pytest.mark.parametrize("inputs", [65_793, 65_797, 200_001])
def test_exact_beyond_single_precision(inputs):
    """65,793 · 255 is the last sum below 2^24; the odd sum of 65,797 is no float32 and rounds down."""
    layer = Layer(index=0, inputs=inputs, outputs=2, input_bits=8, rows=2, cols=2, rows_per_read=2, choices=1)
    rng = np.random.default_rng(inputs)
    weights = rng.integers(0, 2, (2, inputs))
    # All products of the first neuron have one sign, so that the sum is as large as it can be, but for one level.
    pixels = weights[:1] * 255
    pixels[0, 0] ^= 1
    planes = sum(2**plane * ((pixels >> plane & 1) == weights).sum(axis=1) for plane in range(8))
    assert counts(layer, pixels, weights).tolist() == [planes.tolist()]
    assert planes[0] == layer.count_max - 1


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"weights": [[0, 1, 1]]}, r"weights must have shape \(2, 3\), not \(1, 3\)"),
        ({"weights": [[0, 1, 1], [0, 1, 2]]}, r"weights must be between 0 and 1, not 2"),
        ({"inputs": [[0, 1, 1, 1]]}, r"inputs must have shape \(any, 3\), not \(1, 4\)"),
        ({"inputs": [[0, 1, 4]]}, r"inputs must be between 0 and 3, not 4"),
        ({"inputs": [[0, -1, 4]]}, r"inputs must be between 0 and 3, not -1"),
        ({"inputs": [[0.0, 1.0, 1.0]]}, r"inputs must hold integers, not torch.float32"),
        ({"inputs": [[0, 1], [1]]}, r"inputs must be an array of integers, not list"),
    ],
)
def test_bad_counts(change, line):
    layer = Layer(index=0, inputs=3, outputs=2, input_bits=2, rows=2, cols=2, rows_per_read=2, choices=1)
    arguments = {"inputs": [[0, 1, 2]], "weights": [[0, 1, 1], [1, 0, 0]]} | change
    with pytest.raises(InputError, match=f"^{line}$"):
        counts(layer, **arguments)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"tile": 2}, r"tile must be an integer between 0 and 1, not 2"),
        ({"group": 1}, r"group must be an integer between 0 and 0, not 1"),
        ({"line_bits": [1]}, r"line_bits must have shape \(2\), not \(1,\)"),
        ({"line_bits": [1, 2]}, r"line_bits must be between 0 and 1, not 2"),
    ],
)
def test_bad_read(change, line):
    layer = Layer(index=0, inputs=3, outputs=2, input_bits=2, rows=2, cols=2, rows_per_read=2, choices=1)
    arguments = {"weights": [[0, 1, 1], [1, 0, 0]], "tile": 0, "group": 0, "line_bits": [0, 1]} | change
    with pytest.raises(InputError, match=f"^{line}$"):
        read_counts(layer, **arguments)


def test_bad_agreements():
    with pytest.raises(InputError, match=r"^bits must have shape \(any, 2\), not \(1, 3\)$"):
        agreements([[0, 1, 1]], [[0, 1]])
    with pytest.raises(InputError, match=r"^bits must be between 0 and 1, not 3$"):
        agreements([[0, 3]], [[0, 1]])
