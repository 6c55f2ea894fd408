"""Sliding windows over a feature map."""

import itertools

from amaranth import Cat, Const, Module, Mux, Signal, Value, unsigned
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..streams import Activations, PassTag, index_width

__all__ = ["WindowBuffer"]


class WindowBuffer(wiring.Component):
    """Line buffer for the windows of a convolution.

    Keeps K − 1 rows of the map in a memory and the window in registers. Advances by one position of the map or of its
    right or lower border a cycle, while no window waits; the upper and the left border take no time. A window is valid
    in the cycle after its last position was taken, and the next one may be valid in the cycle after it was taken.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        A convolution.

    Members
    -------
    i : :py:`In(stream.Signature(Activations(config, channels * bits)))`
        Positions of the map, row by row from the top left.
    o : :py:`Out(stream.Signature(Activations(config, inputs * input_bits)))`
        Windows in the same order, as vectors (docs/numerics.md#convolutions). The border is 0.
    """

    def __init__(self, config: CoreConfig, layer: Layer):
        if layer.window is None:
            raise ValueError(f"WindowBuffer layer must be a convolution, not {layer!r}")
        self._config = config
        self._layer = layer
        self._window = window = layer.window
        source = window.source
        # Range of the lower right corner of the window: the map, and the border that windows reach.
        self._reach = window.kernel - 1 - window.padding
        self._rows = max(source.height, self._reach + (window.height - 1) * window.stride + 1)
        self._cols = max(source.width, self._reach + (window.width - 1) * window.stride + 1)
        super().__init__(
            {
                "i": In(stream.Signature(Activations(config, source.channels * source.bits))),
                "o": Out(stream.Signature(Activations(config, layer.inputs * layer.input_bits))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        window, source = self._window, self._window.source
        width = len(self.i.p.bits)

        row = Signal(index_width(self._rows))
        col = Signal(index_width(self._cols))
        last_col = Signal()
        border = Signal()
        move = Signal()
        m.d.comb += [
            last_col.eq(col == self._cols - 1),
            border.eq(_at_least(row, source.height) | _at_least(col, source.width)),
            move.eq((~self.o.valid | self.o.ready) & (border | self.i.valid)),
            self.i.ready.eq((~self.o.valid | self.o.ready) & ~border),
        ]
        with m.If(move):
            m.d.sync += col.eq(Mux(last_col, 0, col + 1))
            with m.If(last_col):
                m.d.sync += row.eq(Mux(row == self._rows - 1, 0, row + 1))

        column = self._column(m, move=move, row=row, col=col, last_col=last_col, border=border)

        # Columns of the window, the newest last; a row starts at the left border.
        columns = [Signal(window.kernel * width, name=f"column_{index}") for index in range(window.kernel)]
        tag = Signal(PassTag(self._config))
        with m.If(move):
            m.d.sync += columns[-1].eq(column)
            for older, newer in itertools.pairwise(columns):
                m.d.sync += older.eq(Mux(col == 0, 0, newer))
            m.d.sync += self.o.valid.eq(self._complete(m, row, window.height) & self._complete(m, col, window.width))
            with m.If(~border):
                m.d.sync += tag.eq(self.i.p.tag)
        with m.Elif(self.o.ready):
            m.d.sync += self.o.valid.eq(0)

        m.d.comb += self.o.p.tag.eq(tag)
        channels = source.channels
        values = [column.word_select(i, width) for i in range(window.kernel) for column in columns]
        m.d.comb += self.o.p.bits.eq(
            Cat(value.word_select(plane, channels) for plane in range(source.bits) for value in values)
        )
        return m

    def _complete(self, m: Module, corner: Signal, windows: int) -> Signal:
        """Return whether a window ends at ``corner`` in this direction."""
        complete = Signal(name=f"{corner.name}_complete")
        reach = self._reach
        last = reach + (windows - 1) * self._window.stride
        inside = _at_least(corner, reach) & _below(corner, last + 1)
        # With stride 2 every other one.
        phase = Const(1) if self._window.stride == 1 else corner[0] == reach % 2
        m.d.comb += complete.eq(inside & phase)
        return complete

    def _column(self, m: Module, *, move: Signal, row: Signal, col: Signal, last_col: Signal, border: Signal) -> Signal:
        """Return the values at ``col`` in the K rows that end with ``row``, the uppermost lowest."""
        source, above = self._window.source, self._window.kernel - 1
        width = len(self.i.p.bits)
        column = Signal((above + 1) * width)
        newest = Mux(border, 0, self.i.p.bits)
        if not above:
            m.d.comb += column.eq(newest)
            return column

        # The rows above, oldest lowest. In the first rows of a map they still hold the map before.
        m.submodules.rows = rows = memory.Memory(shape=unsigned(above * width), depth=max(2, source.width), init=[])
        reader, writer = rows.read_port(), rows.write_port()
        filled = Signal(above)
        following = Signal(index_width(source.width))
        m.d.comb += [
            following.eq(Mux(last_col, 0, col + 1)),
            reader.addr.eq(following),
            reader.en.eq(move),
            column.eq(
                Cat(
                    *(
                        Mux(there & _below(col, source.width), reader.data.word_select(index, width), 0)
                        for index, there in enumerate(filled)
                    ),
                    newest,
                )
            ),
            writer.addr.eq(col),
            writer.data.eq(column[width:]),
            writer.en.eq(move & _below(col, source.width)),
        ]
        with m.If(move & last_col):
            with m.If(row == self._rows - 1):
                m.d.sync += filled.eq(0)
            with m.Else():
                m.d.sync += filled.eq(Cat(filled[1:], Const(1)))
        return column


def _at_least(index: Signal, bound: int) -> Value:
    """Return whether ``index >= bound``, a constant where its bits have no other values."""
    if bound <= 0:
        return Const(1)
    return Const(0) if bound >> len(index) else index >= bound


def _below(index: Signal, bound: int) -> Value:
    """Return whether ``index < bound``, a constant where its bits have no other values."""
    if bound <= 0:
        return Const(0)
    return Const(1) if bound >> len(index) else index < bound
