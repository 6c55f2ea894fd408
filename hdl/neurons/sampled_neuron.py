"""Neurons with drawn thresholds."""

import functools
import itertools
import operator
from collections.abc import Mapping

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..contract import Integers
from ..lanes import Popcount
from ..stochastic import LocalStochasticUnits, Reseed
from ..streams import (
    Activations,
    Counts,
    RowCommand,
    RowReply,
    beat_of,
    column_counter,
    gather,
    index_width,
    last_beat,
)
from .threshold_rows import ThresholdRows

__all__ = ["SampledNeuron"]


class SampledNeuron(wiring.Component):
    """Comparators with a threshold drawn per channel.

    The counts of all columns are compared with the thresholds of one level after the other; each column keeps the
    result of the level that was drawn for its channel.

    (count ≥ threshold of the level) XOR flip, as a ripple over the bit planes. A level is the number of ones among the
    lowest ``choices − 1`` bits of a draw. Levels are drawn when the first counts of a pass are there, in
    ``layer.local.steps`` cycles, and hold for all its positions. After that a beat takes
    ``1 + choices · compare_cycles`` cycles: one reads the first thresholds, and the others are read while the last
    planes of those before are compared.
    The activations are there two cycles after it was taken, or one cycle after those before were taken; where groups of
    columns are beats, after the last of them. Holds two
    vectors of activations; no output depends combinationally on ``o.ready``.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        The hidden layer whose counts come in; it has local units.
    contents : mapping of :class:`str` to integer arrays, optional
        Initial ``thresholds``, shape (outputs, choices), and ``flips``, shape (outputs,); zeros by default.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, layer)))`
        Counts.
    o : :py:`Out(stream.Signature(Activations(config, layer.outputs)))`
        Activations.
    command, reply
        As in :class:`RowAccess`. A command waits for the comparisons in progress to be finished.
    reseed
        As in :class:`LocalStochasticUnits`. Only while no counts are there.
    """

    def __init__(self, config: CoreConfig, layer: Layer, *, contents: Mapping[str, Integers] | None = None):
        if layer.local is None or layer.choices == 1:
            raise ValueError(f"SampledNeuron layer must have local units and choices, not {layer!r}")
        self._config = config
        self._layer = layer
        self._local = layer.local
        self._contents = contents
        super().__init__(
            {
                "i": In(stream.Signature(Counts(config, layer))),
                "o": Out(stream.Signature(Activations(config, layer.outputs))),
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
                "reseed": In(Reseed(config.random, layer.local.units)),
            }
        )

    @property
    def compare_cycles(self) -> int:
        """Cycles that a comparison with one threshold takes, thresholds having been read."""
        return self._config.hardware.compare_cycles(self._layer)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer

        take = Signal()
        give = Signal()
        waiting = Signal()
        result = Signal.like(self.o.p)
        m.d.comb += give.eq(waiting & (~self.o.valid | self.o.ready))
        column = column_counter(m, layer, take)
        filled = take if column is None else take & last_beat(layer, column)
        m.d.sync += [waiting.eq(filled | (waiting & ~give)), self.o.valid.eq(give | (self.o.valid & ~self.o.ready))]
        with m.If(give):
            m.d.sync += self.o.p.eq(result)

        rows = self._rows(m, column)
        levels = self._levels(m)

        # Bit s of `reached`: the inputs of the s-th part of the ripple are valid. The thresholds of the next level
        # are read with the last part, so that they are there for its first.
        begin = Signal()
        compared = Signal()
        fetched = Signal()
        level = Signal(index_width(layer.choices))
        last_level = Signal()
        reached = [fetched, *(Signal(name=f"reached_{part}") for part in range(1, self.compare_cycles))]
        m.d.comb += [
            begin.eq(self.i.valid & levels.drawn.valid & ~fetched & ~rows.hold),
            last_level.eq(level == layer.choices - 1),
            compared.eq(reached[-1] & ~waiting),
            take.eq(compared & last_level),
            self.i.ready.eq(take),
            rows.idle.eq(~fetched),
            rows.read.eq(begin | (compared & ~last_level)),
            rows.choice.eq(Mux(fetched, level + 1, 0)),
        ]
        m.d.sync += fetched.eq((fetched | begin) & ~take)
        m.d.sync += [later.eq(sooner & ~compared) for sooner, later in itertools.pairwise(reached)]
        with m.If(compared):
            m.d.sync += level.eq(Mux(last_level, 0, level + 1))
        m.d.comb += levels.drawn.ready.eq(take & self._last_position(m, take))

        *thresholds, flip = rows.planes
        fires = self._compare(m, thresholds)
        drawn = Signal(layer.beat_outputs)
        planes = [beat_of(layer, plane, column) for plane in levels.drawn.payload]
        bits = (~(plane ^ bit.replicate(len(drawn))) for plane, bit in zip(planes, level, strict=True))
        m.d.comb += drawn.eq(functools.reduce(operator.and_, bits))
        # Activations of the beat, as far as their levels were compared.
        beat = result.bits if column is None else Signal(len(drawn), name="beat")
        compared_bits = (beat & ~drawn) | ((fires ^ flip) & drawn)
        with m.If(compared):
            m.d.sync += [beat.eq(compared_bits), result.tag.eq(self.i.p.tag)]
        if column is not None:
            with m.If(take):
                gather(m, layer, result.bits, compared_bits, column)

        return m

    def _rows(self, m: Module, column: Signal | None) -> ThresholdRows:
        """Add the thresholds, with their row commands."""
        m.submodules.rows = rows = ThresholdRows(self._config, self._layer, contents=self._contents)
        wiring.connect(m, wiring.flipped(self.command), rows.command)
        wiring.connect(m, rows.reply, wiring.flipped(self.reply))
        if column is not None:
            m.d.comb += rows.column.eq(column)
        return rows

    def _levels(self, m: Module) -> LocalStochasticUnits:
        """Add the stochastic units that draw the level of each channel."""
        steps = self._layer.choices - 1
        m.submodules.units = units = LocalStochasticUnits(self._config, self._layer, steps.bit_length())
        m.submodules.popcount = popcount = Popcount(steps, self._local.units)
        wiring.connect(m, wiring.flipped(self.reseed), units.reseed)
        m.d.comb += [
            units.demand.eq(self.i.valid),
            popcount.bits.eq(-1),
            *(word.eq(Cat(draw[bit] for draw in units.draws)) for bit, word in enumerate(popcount.words)),
            *(value.eq(count) for value, count in zip(units.values, popcount.count, strict=True)),
        ]
        return units

    def _last_position(self, m: Module, take: Value) -> Value:
        """Return whether the counts are the last ones of their pass."""
        beats = self._layer.beats
        if beats == 1:
            return Const(1)
        index = Signal(index_width(beats))
        last = Signal()
        m.d.comb += last.eq(index == beats - 1)
        with m.If(take):
            m.d.sync += index.eq(Mux(last, 0, index + 1))
        return last

    def _compare(self, m: Module, thresholds: list[Value]) -> Value:
        """Return which counts reach their threshold, registered after every `planes_per_cycle` planes but the last."""
        layer = self._layer
        fires: Value = Const(-1, layer.beat_outputs)
        for index, threshold in enumerate(thresholds):
            if index and index % self._config.hardware.planes_per_cycle == 0:
                lower, fires = fires, Signal(layer.beat_outputs, name=f"fires_below_{index}")
                m.d.sync += fires.eq(lower)
            # The threshold has a bit more than the count where it must exceed every count.
            count = self.i.p.planes[index] if index < layer.count_width else Const(0, layer.beat_outputs)
            higher = Signal(layer.beat_outputs, name=f"fires_{index}")
            m.d.comb += higher.eq((count & ~threshold) | (~(count ^ threshold) & fires))
            fires = higher
        return fires
