"""The neurons of one hidden layer."""

import itertools
from collections.abc import Mapping

from amaranth import Const, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..contract import Integers
from ..streams import Activations, Counts, RowCommand, RowReply, column_counter, gather, last_beat, layer_mask
from .threshold_rows import ThresholdRows

__all__ = ["Neuron"]


class Neuron(wiring.Component):
    """Comparators of one layer's counts with thresholds.

    (count ≥ threshold) XOR flip, as a ripple over the bit planes; the mask bit chooses the thresholds. A beat takes
    ``1 + compare_cycles`` cycles: one reads the thresholds, in each of the others ``hardware.planes_per_cycle`` are
    compared. The activations are there two cycles after it was taken, or one cycle after those before were taken; where
    groups of columns are beats, after the last of them. Holds
    two vectors of activations; no output depends combinationally on ``o.ready``.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        The hidden layer whose counts come in.
    contents : mapping of :class:`str` to integer arrays, optional
        Initial ``thresholds``, shape (outputs, choices), and ``flips``, shape (outputs,); zeros by default.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, layer)))`
        Counts.
    o : :py:`Out(stream.Signature(Activations(config, layer.outputs)))`
        Activations.
    command, reply
        As in :class:`RowAccess`. A command waits for the comparison in progress to be finished.
    """

    def __init__(
        self,
        config: CoreConfig,
        layer: Layer,
        *,
        contents: Mapping[str, Integers] | None = None,
    ):
        if layer not in config.hidden_layers:
            raise ValueError(f"Neuron layer must be a hidden layer of the configuration, not {layer!r}")
        self._config = config
        self._layer = layer
        self._contents = contents
        super().__init__(
            {
                "i": In(stream.Signature(Counts(config, layer))),
                "o": Out(stream.Signature(Activations(config, layer.outputs))),
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
            }
        )

    @property
    def compare_cycles(self) -> int:
        """Cycles that a comparison takes, thresholds having been read."""
        return self._config.hardware.compare_cycles(self._layer)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer

        m.submodules.rows = rows = ThresholdRows(self._config, layer, contents=self._contents)
        wiring.connect(m, wiring.flipped(self.command), rows.command)
        wiring.connect(m, rows.reply, wiring.flipped(self.reply))

        # Counts and thresholds stand still until all planes are compared, so a register within the ripple costs no more
        # than a cycle. Bit s of `reached`: the inputs of the s-th part of the ripple are valid.
        fetch = Signal()
        take = Signal()
        give = Signal()
        fetched = Signal()
        waiting = Signal()
        reached = [fetched, *(Signal(name=f"reached_{part}") for part in range(1, self.compare_cycles))]
        m.d.comb += [
            fetch.eq(self.i.valid & ~fetched & ~rows.hold),
            take.eq(reached[-1] & ~waiting),
            give.eq(waiting & (~self.o.valid | self.o.ready)),
            self.i.ready.eq(take),
            rows.idle.eq(~fetched),
            rows.read.eq(fetch),
            rows.choice.eq(layer_mask(self.i.p.tag, layer) if layer.choices > 1 else 0),
        ]
        m.d.sync += fetched.eq((fetched | fetch) & ~take)
        m.d.sync += [later.eq(sooner & ~take) for sooner, later in itertools.pairwise(reached)]
        column = column_counter(m, layer, take)
        filled = take
        if column is not None:
            filled = take & last_beat(layer, column)
            m.d.comb += rows.column.eq(column)
        m.d.sync += [waiting.eq(filled | (waiting & ~give)), self.o.valid.eq(give | (self.o.valid & ~self.o.ready))]

        *thresholds, flip = rows.planes
        fires = Const(-1, layer.beat_outputs)
        for index, threshold in enumerate(thresholds):
            if index and index % self._config.hardware.planes_per_cycle == 0:
                lower, fires = fires, Signal(layer.beat_outputs, name=f"fires_below_{index}")
                m.d.sync += fires.eq(lower)
            # The threshold has a bit more than the count where it must exceed every count.
            count = self.i.p.planes[index] if index < layer.count_width else Const(0, layer.beat_outputs)
            higher = Signal(layer.beat_outputs, name=f"fires_{index}")
            m.d.comb += higher.eq((count & ~threshold) | (~(count ^ threshold) & fires))
            fires = higher
        result = Signal.like(self.o.p)
        with m.If(take):
            gather(m, layer, result.bits, fires ^ flip, column)
            m.d.sync += result.tag.eq(self.i.p.tag)
        with m.If(give):
            m.d.sync += self.o.p.eq(result)

        return m
