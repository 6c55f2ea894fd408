"""An affine map of counts, bit by bit."""

from collections.abc import Mapping

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..contract.program import Integers
from ..contract.rows import neuron_rows
from ..rows.row_access import RowAccess
from ..rows.row_store import RowStore
from ..streams.layouts import Activations, Counts, RowCommand, RowReply, index_width, layer_mask
from ..streams.mux_tree import mux_tree

__all__ = ["AffineTransform", "transformed_width"]


def transformed_width(layer: Layer) -> int:
    """Return the bits of A = G P + C, signed: one more than those of C, which are as many as G and P have together."""
    return max(member.width for member in layer.members) + 1


class AffineTransform(wiring.Component):
    """Turns the counts P of all columns into the planes of A = G P + C, the lowest first.

    A serial multiplier in each lane: a row of full adders adds the gain wherever a bit of P is set, and gives a bit of
    the product in each cycle, to which the bit of C is added that has just been read. G and C are those that the mask
    bits choose. Signed numbers come out with their sign inverted, as A + 2^(width − 1), which is not negative.

    The first plane of a vector is there ``gain_width + 2`` cycles after it was offered, the others follow one a
    cycle; with the last step the vector is taken. The gains are read once for all positions of a map: the vectors after
    the first take ``width + 1`` cycles each, the first as many and ``gain_width`` more. Everything waits while a plane
    is refused.

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
    o : :py:`Out(stream.Signature(Activations(config, layer.outputs)))`
        Planes of the vectors, ``width`` for each, with their tags.
    command, reply
        As in :class:`RowAccess`. A command waits for the vector in progress to be finished.
    """

    def __init__(
        self,
        config: CoreConfig,
        layer: Layer,
        *,
        contents: Mapping[str, Integers] | None = None,
    ):
        if [member.name for member in layer.members] != ["gains", "constants"]:
            raise ValueError(f"AffineTransform layer must have gains and constants, not {layer!r}")
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
    def gain_width(self) -> int:
        """Bits of a gain."""
        return self._layer.members[0].width

    @property
    def width(self) -> int:
        """Planes of a vector."""
        return transformed_width(self._layer)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer, gains, lines = self._layer, self.gain_width, self._layer.neuron_lines

        m.submodules.rows = rows = RowAccess(self._config, tiles=layer.col_tiles, groups=layer.choices, lines=lines)
        wiring.connect(m, wiring.flipped(self.command), rows.command)
        wiring.connect(m, rows.reply, wiring.flipped(self.reply))

        # A line is read in one cycle and used in the next: one of a gain is kept, one of a constant makes a step. After
        # the last line there is another step, for which the sign of the constant is still there.
        line = Signal(range(lines + 1))
        active = Signal()
        asked = Signal()
        ask = Signal()
        there = Signal()
        loading = Signal()
        final = Signal()
        plane = Signal(range(self.width))
        load = Signal()
        step = Signal()
        take = Signal()
        m.d.comb += [
            ask.eq(self.i.valid & (active | ~rows.hold) & ~asked & (~there | load | step)),
            load.eq(there & loading),
            step.eq(there & ~loading & (~self.o.valid | self.o.ready)),
            take.eq(step & final),
            self.i.ready.eq(take),
            rows.idle.eq(~active),
        ]
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
            m.d.sync += [active.eq(0), asked.eq(0), line.eq(Mux(self._ends(m, take), 0, gains))]
        with m.If(rows.hold & ~active):
            # The gains may be others afterwards.
            m.d.sync += line.eq(0)

        words = []
        for tile in range(layer.col_tiles):
            # All lines in one memory, which is read line by line.
            init = [] if self._contents is None else neuron_rows(self._contents, layer, tile)
            places = 2 ** index_width(lines)
            flat = [[word] for group in init for word in (*group, *[0] * (places - lines))]
            m.submodules[f"store_{tile}"] = store = RowStore(layer.choices * places, 1, layer.cols, init=flat)
            own = Cat(line[: index_width(lines)], layer_mask(self.i.p.tag, layer))
            m.d.comb += [
                store.read.eq((ask & (line != lines)) | rows.read[tile]),
                store.write.eq(rows.write[tile]),
                store.group.eq(Mux(rows.hold & ~active, Cat(rows.line, rows.group), own)),
                store.row.eq(rows.row),
                rows.words[tile].eq(store.word),
            ]
            words.append(store.word)
        word = Cat(words)[: layer.outputs]

        gain = [Signal(layer.outputs, name=f"gain_{bit}") for bit in range(gains)]
        with m.If(load):
            m.d.sync += [own.eq(above) for own, above in zip(gain, [*gain[1:], word], strict=True)]
        zeros: list[Value] = [Const(0, layer.outputs)] * (self.width - layer.count_width)
        count = Signal(layer.outputs)
        m.d.comb += count.eq(mux_tree([*self.i.p.planes, *zeros], plane))
        product = self._product(m, [own & count for own in gain], step, take)
        transformed = self._added(m, product, word, step, take)
        with m.If(step):
            m.d.sync += [
                self.o.valid.eq(1),
                self.o.p.bits.eq(transformed ^ final.replicate(layer.outputs)),
                self.o.p.tag.eq(self.i.p.tag),
            ]
        with m.Elif(self.o.ready):
            m.d.sync += self.o.valid.eq(0)

        return m

    def _ends(self, m: Module, take: Value) -> Value:
        """Return whether the vector is the last of its map."""
        if self._layer.vectors == 1:
            return Const(1)
        position = Signal(range(self._layer.vectors))
        last = position == self._layer.vectors - 1
        with m.If(take):
            m.d.sync += position.eq(Mux(last, 0, position + 1))
        return last

    def _product(self, m: Module, parts: list[Value], step: Value, take: Value) -> Value:
        """Return the next plane of the product; part ``j`` is bit ``j`` of the gain where the count's bit is set."""
        # The highest bit of a gain is negative: the complement of its part is added, and once 1.
        addends, negative = [*parts[:-1], ~parts[-1]], len(parts) - 1
        totals = []
        above = [Signal(self._layer.outputs, name=f"above_{bit}") for bit in range(1, len(parts))]
        kept: list[Value] = [*above, Const(0, self._layer.outputs)]
        for bit, (addend, before) in enumerate(zip(addends, kept, strict=True)):
            totals.append(self._serial_sum(m, f"product_{bit}", addend, before, step, take, first=bit == negative))
        for own, total in zip(above, totals[1:], strict=True):
            with m.If(step):
                m.d.sync += own.eq(Mux(take, 0, total))
        return totals[0]

    def _added(self, m: Module, product: Value, word: Value, step: Value, take: Value) -> Value:
        """Return the next plane of the sum."""
        return self._serial_sum(m, "sum", product, word, step, take)

    def _serial_sum(
        self, m: Module, name: str, a: Value, b: Value, step: Value, take: Value, *, first: bool = False
    ) -> Value:
        """Return the sum of the next bits in each lane; ``first`` is what is carried into the lowest ones."""
        carry = Signal(self._layer.outputs, init=-int(first), name=f"carry_{name}")
        half, total = (Signal(self._layer.outputs, name=f"{part}_{name}") for part in ("half", "total"))
        m.d.comb += [half.eq(a ^ b), total.eq(half ^ carry)]
        with m.If(step):
            m.d.sync += carry.eq(Mux(take, carry.init, (a & b) | (half & carry)))
        return total
