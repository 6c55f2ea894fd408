"""Memory images of a Program.

The map of all its integers. Those kept per column (weights, threshold planes, polarities) are *rows*: one bit per
column, addressed by group and line of an array. This map serves the initial contents of the generated
memories, and loading at run time.
"""

import dataclasses
from collections.abc import Iterator, Mapping

import numpy as np

from ..config import CoreConfig, Layer
from .program import Integers, Program

__all__ = ["Row", "array_levels", "array_rows", "is_cells", "neuron_rows", "program_rows", "target_counts"]


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
    members one after the other; behind the cells of a macro the bit plane, of its references, then of its targets."""

    bits: int
    """One bit per column, column 0 lowest."""


def array_levels(weights: Integers, layer: Layer, tile: int) -> Integers:
    """Return the contents of the cells of array ``tile``, shape (word lines, cols); padding rows and columns are zero.

    ``weights`` has the shape (outputs, inputs), or (sets, outputs, inputs): the groups of the sets are consecutive.
    """
    row_tile, col_tile = divmod(tile, layer.col_tiles)
    levels = np.zeros((layer.sets, layer.rows, layer.cols), dtype=np.int64)
    for block, each in zip(levels, weights.reshape(layer.sets, layer.outputs, layer.inputs), strict=True):
        part = each.T[row_tile * layer.rows :, col_tile * layer.cols :][: layer.rows, : layer.cols]
        block[: part.shape[0], : part.shape[1]] = part
    return levels.reshape(-1, layer.cols)


def target_counts(weights: Integers, config: CoreConfig, layer: Layer, tile: int) -> Integers:
    """Return the ones that macro ``tile`` should count for one bit of a reference, by column, with all inputs at 1.

    The expectation of the reads for the probability codes ``weights``, rounded half up, and never none or all of them:
    there a column could not tell one reference from the next. One sum where all columns share a reference.
    """
    if config.macro is None:
        raise ValueError("target_counts config must have a section macro, not none")
    levels, reads = array_levels(weights, layer, tile), config.macro.calibration_reads
    # The highest code stands for 2^k.
    certain = levels == (1 << layer.weight_bits) - 1
    ones = (levels + certain).sum(axis=0, dtype=np.int64) * reads
    expected = (2 * ones + (1 << layer.weight_bits)) >> layer.weight_bits + 1
    most = layer.tile_inputs(tile // layer.col_tiles) * reads
    targets = np.minimum(np.maximum(expected, 1), most - 1)
    return targets if config.sensing.count_lanes(layer) > 1 else targets.sum(keepdims=True)


def array_rows(weights: Integers, layer: Layer, tile: int) -> list[list[int]]:
    """Return the words of array ``tile`` as ``[group][line]``, from the integers of :func:`array_levels`.

    For probability codes each word line has one row per bit of a code, lowest first.
    """
    levels = array_levels(weights, layer, tile)
    planes = np.arange(layer.weight_bits)[:, None]
    words = _words((levels[:, None] >> planes & 1).astype(np.uint8).reshape(-1, layer.cols))
    return [words[start : start + layer.group_rows] for start in range(0, len(words), layer.group_rows)]


def is_cells(config: CoreConfig, row: Row) -> bool:
    """Return whether a row is of cells of a macro, which each read finds with its own noise."""
    layer = config.layers[row.layer]
    return layer.calibrated and not row.thresholds and row.group < layer.array_groups


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
            if layer.calibrated:
                yield from _target_rows(program, layer, tile)
    for layer in program.config.hidden_layers:
        for tile in range(layer.col_tiles):
            words = neuron_rows(program.neurons[layer.index], layer, tile)
            yield from _rows(layer.index, True, tile, words)


def _rows(layer: int, thresholds: bool, tile: int, words: list[list[int]]) -> Iterator[Row]:
    for group, lines in enumerate(words):
        for line, bits in enumerate(lines):
            yield Row(layer=layer, thresholds=thresholds, tile=tile, group=group, line=line, bits=bits)


def _target_rows(program: Program, layer: Layer, tile: int) -> Iterator[Row]:
    """Yield the planes of the target counts of a macro, behind those of its references."""
    config = program.config
    targets = target_counts(program.weights[layer.index], config, layer, tile)
    planes = np.arange(config.sensing.target_width(layer))[:, None]
    first = config.sensing.calibration_lines(layer) - len(planes)
    for line, bits in enumerate(_words((targets >> planes & 1).astype(np.uint8)), first):
        yield Row(layer=layer.index, thresholds=False, tile=tile, group=layer.array_groups, line=line, bits=bits)


def _words(block: np.ndarray) -> list[int]:
    """Turn a matrix of bits, one word a row, into integers."""
    packed = np.packbits(block, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in packed]
