"""Bit-serial affine map of counts."""

from collections.abc import Mapping

from amaranth import Const, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..contract import Integers
from ..streams import Activations, Counts, RowCommand, RowReply, column_counter, layer_mask, mux_tree
from .serial_multiplier import SerialMultiplier
from .threshold_rows import ThresholdRows

__all__ = ["AffineTransform", "transformed_width"]


def transformed_width(layer: Layer) -> int:
    """Return the bits of A = G P + C, signed: one more than those of C, which are as many as G and P have together."""
    return max(member.width for member in layer.neuron_fields) + 1


class AffineTransform(wiring.Component):
    """Bit-serial affine map A = G P + C of all counts.

    Planes of A come out the lowest first. A serial multiplier in each lane: a row of full adders adds the gain wherever
    a bit of P is set, and gives a bit of the product in each cycle, to which the bit of C just read is added. The mask
    bits choose G and C. Signed numbers come out with their sign inverted, as A + 2^(width − 1), which is not negative.

    The first plane of a vector is there ``gain_width + 2`` cycles after it was offered, the others follow one a
    cycle; with the last step the vector is taken. The gains are read once for all positions of a map: the vectors after
    the first take ``width + 1`` cycles each, the first as many and ``gain_width`` more. Where groups of columns are
    beats each has its own gains, and takes as long as the first. Everything waits while a plane is refused.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A hidden layer with `gains` and `constants`.
    contents : mapping of :class:`str` to integer arrays, optional
        Initial ``gains`` and ``constants``, shape (outputs, choices); zeros by default.

    Members
    -------
    i : :py:`In(stream.Signature(Counts(config, layer)))`
        Counts; those of a map have the same tag.
    o : :py:`Out(stream.Signature(Activations(config, layer.beat_outputs)))`
        Planes of the beats, ``width`` for each, with their tags.
    command, reply
        As in :class:`RowAccess`. A command waits for the beat in progress to be finished, which is a
        vector where columns do not come in groups.
    """

    def __init__(
        self,
        config: CoreConfig,
        layer: Layer,
        *,
        contents: Mapping[str, Integers] | None = None,
    ):
        if [member.name for member in layer.neuron_fields] != ["gains", "constants"]:
            raise ValueError(f"AffineTransform layer must have gains and constants, not {layer!r}")
        self._config = config
        self._layer = layer
        self._contents = contents
        super().__init__(
            {
                "i": In(stream.Signature(Counts(config, layer))),
                "o": Out(stream.Signature(Activations(config, layer.beat_outputs))),
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
            }
        )

    @property
    def gain_width(self) -> int:
        """Bits of a gain."""
        return self._layer.neuron_fields[0].width

    @property
    def width(self) -> int:
        """Planes of a vector."""
        return transformed_width(self._layer)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer = self._layer

        m.submodules.rows = rows = ThresholdRows(self._config, layer, contents=self._contents, serial=True)
        m.submodules.multiplier = multiplier = SerialMultiplier(self.gain_width, layer.beat_outputs)
        wiring.connect(m, wiring.flipped(self.command), rows.command)
        wiring.connect(m, rows.reply, wiring.flipped(self.reply))

        load = Signal()
        step = Signal()
        final = Signal()
        plane = self._sequence(m, rows, load=load, step=step, final=final)
        (word,) = rows.planes
        zeros: list[Value] = [Const(0, layer.beat_outputs)] * (self.width - layer.count_width)
        m.d.comb += [
            multiplier.load.eq(load),
            multiplier.step.eq(step),
            multiplier.last.eq(final),
            multiplier.word.eq(word),
            multiplier.count.eq(mux_tree([*self.i.p.planes, *zeros], plane)),
            self.i.ready.eq(step & final),
        ]
        with m.If(step):
            m.d.sync += [
                self.o.valid.eq(1),
                self.o.p.bits.eq(multiplier.o ^ final.replicate(layer.beat_outputs)),
                self.o.p.tag.eq(self.i.p.tag),
            ]
        with m.Elif(self.o.ready):
            m.d.sync += self.o.valid.eq(0)

        return m

    def _sequence(self, m: Module, rows: ThresholdRows, *, load: Signal, step: Signal, final: Signal) -> Signal:
        """Read line after line, drive its consumer, and return the plane of the counts that goes with it.

        A line is read in one cycle and used in the next: one of a gain is kept (``load``), one of a constant makes a
        ``step``. After the last line there is another step, the ``final`` one, for which the sign of the constant is
        still there.
        """
        gains, lines = self.gain_width, self._layer.neuron_lines
        line = Signal(range(lines + 1))
        active = Signal()
        asked = Signal()
        ask = Signal()
        there = Signal()
        loading = Signal()
        plane = Signal(range(self.width))
        take = Signal()
        m.d.comb += [
            ask.eq(self.i.valid & (active | ~rows.hold) & ~asked & (~there | load | step)),
            load.eq(there & loading),
            step.eq(there & ~loading & (~self.o.valid | self.o.ready)),
            take.eq(step & final),
            rows.idle.eq(~active),
            rows.read.eq(ask & (line != lines)),
            rows.line.eq(line),
            rows.choice.eq(layer_mask(self.i.p.tag, self._layer)),
        ]
        column = column_counter(m, self._layer, take)
        if column is not None:
            m.d.comb += rows.column.eq(column)
        m.d.sync += there.eq(ask | (there & ~load & ~step))
        with m.If(ask):
            m.d.sync += [
                active.eq(1),
                asked.eq(line == lines),
                line.eq(line + 1),
                loading.eq(line < gains),
                final.eq(line == lines),
                plane.eq(line - gains),
            ]
        with m.If(take):
            following = Mux(self._ends(m, take), 0, gains) if column is None else 0
            m.d.sync += [active.eq(0), asked.eq(0), line.eq(following)]
        with m.If(rows.hold & ~active):
            # The gains may differ afterwards.
            m.d.sync += line.eq(0)
        return plane

    def _ends(self, m: Module, take: Value) -> Value:
        """Return whether the vector is the last of its map."""
        if self._layer.vectors == 1:
            return Const(1)
        position = Signal(range(self._layer.vectors))
        last = position == self._layer.vectors - 1
        with m.If(take):
            m.d.sync += position.eq(Mux(last, 0, position + 1))
        return last
