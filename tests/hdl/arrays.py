"""Array contents, random where they must not matter."""

import numpy as np

from cocotb_tests.agents.lanes import from_bits


def random_weights(rng, layer):
    """Return 0 or 1, shape (outputs, inputs)."""
    return np.array([[rng.getrandbits(1) for _ in range(layer.inputs)] for _ in range(layer.outputs)])


def array_words(rng, layer, weights, tile):
    """Return the words of array ``tile`` as [group][line]; cells that hold no weight are random."""
    row_tile, col_tile = divmod(tile, layer.col_tiles)
    words = []
    for row in range(layer.rows):
        n = row_tile * layer.rows + row
        outputs = range(col_tile * layer.cols, (col_tile + 1) * layer.cols)
        held = [n < layer.inputs and m < layer.outputs for m in outputs]
        words.append(
            from_bits(weights[m][n] if held[m % layer.cols] else rng.getrandbits(1) for m in outputs),
        )
    return [words[start : start + layer.rows_per_read] for start in range(0, layer.rows, layer.rows_per_read)]


def used_columns(layer, tile):
    """Return how many columns of array ``tile`` hold an output; they are the first."""
    return min(layer.cols, layer.outputs - tile % layer.col_tiles * layer.cols)
