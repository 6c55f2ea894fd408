"""Sampling of weights from probability codes."""

import functools
import operator

from amaranth import Array, Cat, Const, Module, Signal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import Layer
from ..streams import index_width

__all__ = ["WeightSampler"]


class WeightSampler(wiring.Component):
    """Sampler of weights, w = (d' < code). Combinational.

    d' is the draw, its lowest bit cleared where all its bits are 1: the largest code is then always +1, all others with
    the probability code / 2^k. A column is a lane: one ripple of wide operations for each line, over the planes.

    Parameters
    ----------
    layer : :class:`Layer`
        A layer whose weights are drawn.
    col_tile : :class:`int`
        Outputs that the columns belong to: determines their generators.

    Members
    -------
    codes : :py:`In(cols_per_read).array(group_rows)`
        Rows of the group: the planes of each line, lowest first.
    draws : :py:`In(line_units).array(weight_bits)`
        Planes of the draws: bit ``line * generators + g`` of plane ``i`` is bit ``i`` of generator ``g`` of a line.
    words : :py:`Out(cols_per_read).array(rows_per_read)`
        Weights of each line: 1 is +1 and 0 is -1.
    column : :py:`In(index_width(column_folds))`
        Group of columns. Only where their generators depend on it.
    """

    def __init__(self, layer: Layer, col_tile: int = 0):
        if layer.sampling is None:
            raise ValueError(f"WeightSampler layer must draw its weights, not {layer!r}")
        if col_tile not in range(layer.col_tiles):
            raise ValueError(f"WeightSampler col_tile must be between 0 and {layer.col_tiles - 1}, not {col_tile!r}")
        self._bits = layer.weight_bits
        self._generators = layer.sampling.generators
        # Generator of the first column of each group.
        first, width = layer.generator_of(col_tile), layer.cols_per_read
        self._firsts = [(first + group * width) % self._generators for group in range(layer.column_folds)]
        columns = {"column": In(index_width(layer.column_folds))} if self.follows_columns else {}
        super().__init__(
            {
                "codes": In(layer.cols_per_read).array(layer.group_rows),
                "draws": In(layer.line_units).array(layer.weight_bits),
                **columns,
                "words": Out(layer.cols_per_read).array(layer.rows_per_read),
            }
        )

    @property
    def follows_columns(self) -> bool:
        """Whether the generators of the columns depend on their group."""
        return len(set(self._firsts)) > 1

    def elaborate(self, platform: object) -> Module:
        m = Module()
        lowest, *others = self.draws
        limits = [lowest & ~functools.reduce(operator.and_, others), *others]
        for line, word in enumerate(self.words):
            less: Value = Const(0, len(word))
            for index, limit in enumerate(limits):
                code, drawn = self.codes[line * self._bits + index], self._spread(limit, line, len(word))
                higher = Signal.like(word, name=f"less_{line}_{index}")
                m.d.comb += higher.eq((code & ~drawn) | (~(code ^ drawn) & less))
                less = higher
            m.d.comb += word.eq(less)
        return m

    def _spread(self, plane: Value, line: int, cols: int) -> Value:
        """Return for each column the bit of its generator."""
        generators = plane[line * self._generators : (line + 1) * self._generators]
        times = -(-(max(self._firsts) + cols) // self._generators)
        repeated = Cat(generators).replicate(times)
        spread = [repeated[first : first + cols] for first in self._firsts]
        return Array(spread)[self.column] if self.follows_columns else spread[0]
