"""Agreements of inputs and weights in a crossbar (docs/numerics.md#layers-and-counts)."""

from typing import Any

import torch
from torch import Tensor

from hdl.config import Layer

from ..common import check_integer, check_integers, exact_dtype

__all__ = ["agreements", "counts", "read_counts"]


def agreements(bits: Any, weights: Any) -> Tensor:
    """Count, for each output, the inputs that agree with their weight.

    Parameters
    ----------
    bits
        0 or 1, shape (batch, N).
    weights
        0 or 1, shape (outputs, N).

    Returns
    -------
    int64 tensor, shape (batch, outputs), each 0 to N

    Raises
    ------
    InputError
        A shape or a value is wrong.
    """
    weights = check_integers("weights", weights, (None, None), 0, 1)
    bits = check_integers("bits", bits, (None, weights.shape[1]), 0, 1, weights.device)
    return _weighted(bits, weights, bit_planes=1)


def counts(layer: Layer, inputs: Any, weights: Any) -> Tensor:
    """Return the weighted agreement count P of each neuron.

    Parameters
    ----------
    layer
        Geometry.
    inputs
        Pixels 0 to 2^B − 1 of the first layer, bits of the others, shape (batch, layer.inputs).
    weights
        0 or 1, shape (layer.outputs, layer.inputs).

    Returns
    -------
    int64 tensor, shape (batch, layer.outputs), each 0 to layer.count_max

    Raises
    ------
    InputError
        A shape or a value is wrong.
    """
    weights = check_integers("weights", weights, (layer.outputs, layer.inputs), 0, 1)
    inputs = check_integers("inputs", inputs, (None, layer.inputs), 0, layer.plane_gain, weights.device)
    return _weighted(inputs, weights, layer.input_bits)


def read_counts(layer: Layer, weights: Any, tile: int, group: int, line_bits: Any) -> Tensor:
    """Return the agreements of one read of one array of ``layer`` in each column.

    Parameters
    ----------
    layer
        Geometry.
    weights
        0 or 1, shape (layer.outputs, layer.inputs).
    tile
        Array, row tile · col_tiles + column tile.
    group
        Group of word lines that is read.
    line_bits
        0 or 1 for each word line of the group, shape (layer.rows_per_read,). Lines that hold no input are not
        driven, whatever their bit.

    Returns
    -------
    int64 tensor, shape (layer.cols,), each 0 to rows_per_read. The cells of padding columns hold 0.

    Raises
    ------
    InputError
        A shape or a value is wrong.
    """
    weights = check_integers("weights", weights, (layer.outputs, layer.inputs), 0, 1)
    line_bits = check_integers("line_bits", line_bits, (layer.rows_per_read,), 0, 1, weights.device)
    check_integer("tile", tile, 0, layer.arrays - 1)
    check_integer("group", group, 0, layer.array_groups - 1)
    row_tile, col_tile = divmod(tile, layer.col_tiles)
    first = row_tile * layer.rows + group * layer.rows_per_read
    driven = sum(group < layer.driven_groups(row_tile, line) for line in range(layer.rows_per_read))
    part = weights[col_tile * layer.cols : (col_tile + 1) * layer.cols, first : first + driven]
    cells = torch.zeros((layer.cols, driven), dtype=weights.dtype, device=weights.device)
    cells[: part.shape[0]] = part
    return (cells == line_bits[:driven]).sum(dim=1)


def _weighted(inputs: Tensor, weights: Tensor, bit_planes: int) -> Tensor:
    """Return P = (z + P_max) / 2, with z the product of the numbers that bits and pixels stand for."""
    gain = 2**bit_planes - 1
    count_max = weights.shape[1] * gain
    dtype = exact_dtype(count_max)
    z = (2 * inputs.to(dtype) - gain) @ (2 * weights.to(dtype) - 1).T
    return (z.to(torch.int64) + count_max) >> 1
