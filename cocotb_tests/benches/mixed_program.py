"""Programs with some rows of another one.

For cores that are too large to load whole in a slow simulator.
"""

import dataclasses
import random
from typing import Any

from hdl.config import CoreConfig
from hdl.contract import Program, Row, program_rows

__all__ = ["mixed_program", "with_padding"]


def mixed_program(old: Program, new: Program, rows: int, rng: random.Random) -> tuple[Program, list[Row]]:
    """Return ``old`` with some rows, and everything that is no row, from ``new``; and those rows.

    All rows are taken where there are no more than ``rows``. Otherwise about as many: of each threshold store one
    column tile, whose lines only together make numbers in their range, and for the rest word lines at random.
    """
    config = old.config
    candidates = list(program_rows(new))
    if len(candidates) > rows:
        tiles = {layer.index: rng.randrange(layer.col_tiles) for layer in config.hidden_layers}
        chosen = [row for row in candidates if row.thresholds and row.tile == tiles[row.layer]]
        lines = [row for row in candidates if not row.thresholds]
        # Of every layer some, however small it is beside the others.
        for layer in config.layers:
            own = [row for row in lines if row.layer == layer.index]
            chosen += rng.sample(own, min(len(own), max(1, (rows - len(chosen)) // len(config.layers))))
        candidates = chosen
    weights = [values.copy() for values in old.weights]
    neurons = [{name: values.copy() for name, values in members.items()} for members in old.neurons]
    for row in candidates:
        layer = config.layers[row.layer]
        col_tile = row.tile % layer.col_tiles
        columns = slice(col_tile * layer.cols, (col_tile + 1) * layer.cols)
        if row.thresholds:
            for name, values in neurons[row.layer].items():
                values[columns] = new.neurons[row.layer][name][columns]
        else:
            line = slice(_input(config, row), _input(config, row) + 1)
            place: tuple[Any, ...] = (columns, line)
            if layer.sets > 1:
                place = (row.group // layer.set_groups, *place)
            # Of probability codes a row is one bit.
            bit = 1 << row.line % layer.weight_bits
            weights[row.layer][place] &= ~bit
            weights[row.layer][place] |= new.weights[row.layer][place] & bit
    mixed = dataclasses.replace(new, weights=tuple(weights), neurons=tuple(neurons))
    return mixed, candidates


def with_padding(config: CoreConfig, row: Row, rng: random.Random) -> Row:
    """Return ``row`` with random bits in the cells that belong to no input or no output."""
    layer = config.layers[row.layer]
    col_tile = row.tile % layer.col_tiles
    used = min(layer.cols, layer.outputs - col_tile * layer.cols)
    if not row.thresholds and _input(config, row) >= layer.inputs:
        used = 0
    return dataclasses.replace(row, bits=row.bits | rng.getrandbits(layer.cols) >> used << used)


def _input(config: CoreConfig, row: Row) -> int:
    """Return the number of the input on the word line of ``row``; past the last where it is padding."""
    layer = config.layers[row.layer]
    group = row.group % layer.set_groups
    return (row.tile // layer.col_tiles) * layer.rows + group * layer.rows_per_read + row.line // layer.weight_bits
