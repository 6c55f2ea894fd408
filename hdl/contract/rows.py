"""Memory images of a Program.

The map of all its integers. Those kept per column (weights, threshold planes, polarities) are *rows*: one bit per
column, addressed by group and line of an array. This map serves the initial contents of the generated
memories, and loading at run time.
"""

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np

from ..config import Layer
from .program import Integers, Program

__all__ = ["Row", "array_levels", "array_rows", "neuron_rows", "program_rows"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Row:
    """Row of an array, with its address."""

    layer: int
    """Index of the layer."""

    thresholds: bool
    """Whether the row belongs to the layer's neurons, most of whose integers are thresholds, or to its crossbar."""

    tile: int
    """Array of the crossbar, or column tile of the neurons."""

    group: int
    """Group of word lines; for neurons the choice."""

    line: int
    """Word line in the group, for probability codes times k plus the bit plane; for neurons the bit plane, the
    members one after the other."""

    bits: int
    """One bit per column, column 0 lowest."""


def array_levels(weights: Integers, layer: Layer, tile: int) -> Integers:
    """Return the contents of the cells of array ``tile``, shape (word lines, cols); padding rows and columns are zero.

    ``weights`` has the shape (outputs, inputs), or (sets, outputs, inputs): the groups of the sets are consecutive.
    After them come the reference cells of a macro, which are to give as many +1 as −1.
    """
    row_tile, col_tile = divmod(tile, layer.col_tiles)
    levels = np.zeros((layer.sets, layer.rows, layer.cols), dtype=np.int64)
    for block, each in zip(levels, weights.reshape(layer.sets, layer.outputs, layer.inputs), strict=True):
        part = each.T[row_tile * layer.rows :, col_tile * layer.cols :][: layer.rows, : layer.cols]
        block[: part.shape[0], : part.shape[1]] = part
    references = np.full((layer.reference_groups * layer.rows_per_read, layer.cols), 1 << layer.weight_bits - 1)
    return np.concatenate([levels.reshape(-1, layer.cols), references])


def array_rows(weights: Integers, layer: Layer, tile: int) -> list[list[int]]:
    """Return the words of array ``tile`` as ``[group][line]``, from the integers of :func:`array_levels`.

    For probability codes each word line has one row per bit of a code, lowest first.
    """
    levels = array_levels(weights, layer, tile)
    planes = np.arange(layer.weight_bits)[:, None]
    words = _words((levels[:, None] >> planes & 1).astype(np.uint8).reshape(-1, layer.cols))
    return [words[start : start + layer.group_rows] for start in range(0, len(words), layer.group_rows)]


def neuron_rows(neurons: Mapping[str, Integers], layer: Layer, col_tile: int) -> list[list[int]]:
    """Return the words of one column tile's neurons as ``[choice][line]``.

    ``neurons`` are the members of the layer by name. The bit planes of the members are consecutive, lowest first;
    a member without choices is the same in all of them.
    """
    columns = slice(col_tile * layer.cols, (col_tile + 1) * layer.cols)
    rows = []
    for choice in range(layer.choices):
        block = np.zeros((layer.neuron_lines, layer.cols), dtype=np.uint8)
        line = 0
        for member in layer.neuron_fields:
            values = neurons[member.name][columns]
            values = values[:, choice] if member.chosen else values
            for plane in range(member.width):
                block[line + plane, : values.size] = values >> plane & 1
            line += member.width
        rows.append(_words(block))
    return rows


def program_rows(program: Program) -> Iterator[Row]:
    """Yield every row of the core that ``program`` determines, in the order of addresses."""
    for layer in program.config.layers:
        for tile in range(layer.arrays):
            words = array_rows(program.weights[layer.index], layer, tile)
            yield from _rows(layer.index, False, tile, words)
    for layer in program.config.hidden_layers:
        for tile in range(layer.col_tiles):
            words = neuron_rows(program.neurons[layer.index], layer, tile)
            yield from _rows(layer.index, True, tile, words)


def _rows(layer: int, thresholds: bool, tile: int, words: list[list[int]]) -> Iterator[Row]:
    for group, lines in enumerate(words):
        for line, bits in enumerate(lines):
            yield Row(layer=layer, thresholds=thresholds, tile=tile, group=group, line=line, bits=bits)


def _words(block: np.ndarray) -> list[int]:
    """Turn a matrix of bits, one word a row, into integers."""
    packed = np.packbits(block, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]
