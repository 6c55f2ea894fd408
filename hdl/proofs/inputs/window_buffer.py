"""Proofs of sliding windows over a feature map."""

from collections.abc import Iterator

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Cover

from ...config import Layer, Window
from ...config.geometries import geometry
from ...inputs import WindowBuffer
from ..bench import Bench
from ..claims import any_constant, assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.inputs.WindowBuffer`."""
    for name, index in (("images", 1), ("strides", 0), ("strides", 1), ("pixel", 0)):
        config = geometry(name)
        layer, window = config.layers[index], config.network.windows[index]
        yield Proof(
            block="window_buffer",
            name=f"{config.name}_{index}",
            claim="every window is given out once, in order, in the cycle after its last position, with every "
            "position of its own map in its place, 0 where that is the border, and the tag of its map; nothing is "
            "taken while a window waits; the stream keeps valid and payload until taken",
            sizes=f"`{config.name}`, layer {index}: {window.kernel} × {window.kernel} on {window.source} with "
            f"{window.source.bits} bits, stride {window.stride}, border {window.padding}",
            method=Method.INDUCTION,
            bench=lambda config=config, layer=layer, window=window: Bench(  # type: ignore[misc]
                WindowBuffer(config, layer),
                lambda m, dut, internals: _windows(layer, window, m, dut, internals),
            ),
            cover_depth=(window.source.height + window.padding + 1) * (window.source.width + window.padding) + 4,
            fast=name == "strides" and index == 0,
        )


def _windows(layer: Layer, window: Window, m: Module, dut: WindowBuffer, internals: Internals) -> None:
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    source, side = window.source, window.kernel
    reach = side - 1 - window.padding
    # Lower right corners of windows, and the range of corners that is visited for them.
    ends = [[reach + n * window.stride for n in range(size)] for size in (window.height, window.width)]
    height, width = max(source.height, ends[0][-1] + 1), max(source.width, ends[1][-1] + 1)

    row, col = Signal(range(height + 1)), Signal(range(width + 1))
    waiting, free, border, move = Signal(), Signal(), Signal(), Signal()
    m.d.comb += [
        free.eq(~waiting | dut.o.ready),
        border.eq((row >= source.height) | (col >= source.width)),
        move.eq(free & (border | dut.i.valid)),
    ]
    complete = Cat(row == end for end in ends[0]).any() & Cat(col == end for end in ends[1]).any()
    # Position of the last completed window, if any.
    bottom, right, moved = Signal.like(row), Signal.like(col), Signal()
    tag = Signal(dut.i.p.tag.as_value().shape())
    m.d.sync += waiting.eq(Mux(move, complete, waiting & ~dut.o.ready))
    with m.If(move):
        m.d.sync += [bottom.eq(row), right.eq(col), moved.eq(1), col.eq(col + 1)]
        with m.If(col == width - 1):
            m.d.sync += [col.eq(0), row.eq(Mux(row == height - 1, 0, row + 1))]
    with m.If(transferred(dut.i)):
        m.d.sync += tag.eq(dut.i.p.tag.as_value())

    # An arbitrary position of the map, and its value.
    y, x = (
        any_constant(m, range(source.height + 1), source.height),
        any_constant(m, range(source.width + 1), source.width),
    )
    bits = source.channels * source.bits
    value = Signal(bits)
    with m.If(transferred(dut.i) & (row == y) & (col == x)):
        m.d.sync += value.eq(dut.i.p.bits)

    def shown(i: int, j: int) -> Value:
        """Return the value in row ``i`` and column ``j`` of the offered window."""
        place = (i * side + j) * source.channels
        return Cat(
            dut.o.p.bits[start : start + source.channels]
            for start in range(place, layer.inputs * source.bits, layer.inputs)
        )

    m.d.comb += [
        Assert(dut.i.ready == (free & ~border)),
        Assert(dut.o.valid == waiting),
        Assert(dut.o.p.tag.as_value() == tag),
        # Inductive invariants.
        Assert(row < height),
        Assert(col < width),
        Assert(internals.signal("row") == row),
        Assert(internals.signal("col") == col),
        Assert(implies(waiting, moved)),
        Assert(moved | ((row == 0) & (col == 0))),
        Assert(implies(moved & (col != 0), (bottom == row) & (right == col - 1))),
        Assert(implies(moved & (col == 0), (right == width - 1) & (bottom == Mux(row == 0, height - 1, row - 1)))),
    ]
    columns = internals.signals("column")
    for i in range(side):
        # From the uppermost row of the window to the one visited last.
        up = side - 1 - i
        for j in range(side):
            back = side - 1 - j
            here = (bottom == y + up) & (right == x + back)
            outside = (bottom < up) | (bottom >= source.height + up) | (right < back) | (right >= source.width + back)
            m.d.comb += [
                Assert(implies(waiting & here, shown(i, j) == value)),
                Assert(implies(waiting & outside, shown(i, j) == 0)),
            ]
            # Inductive invariants.
            kept = columns[j].word_select(i, bits)
            m.d.comb += [Assert(implies(moved & here, kept == value)), Assert(implies(moved & outside, kept == 0))]
    m.d.comb += [
        Cover(waiting & (bottom == ends[0][-1]) & (right == ends[1][-1]) & (value == 1)),
        # A second map.
        Cover(waiting & (row == 0) & (y == 0) & value.all() & transferred(dut.o)),
    ]
    if side > 1:
        _rows(window, m, internals, y=y, x=x, row=row, col=col, value=value)


def _rows(
    window: Window, m: Module, internals: Internals, *, y: Signal, x: Signal, row: Signal, col: Signal, value: Signal
) -> None:
    """Assert the contents of the memory: in each column the rows above the next position there."""
    above, bits = window.kernel - 1, len(value)
    word = internals.word("rows", x[: max(1, (window.source.width - 1).bit_length())])
    ahead, filled = internals.last_read("rows"), internals.signal("filled")
    m.d.comb += Assert(implies((row != 0) & (col == x), ahead == word))
    for index in range(above):
        up = above - index
        m.d.comb += [
            Assert(filled[index] == (row >= up)),
            # In a column that was visited in this row the last entry is the row itself.
            Assert(implies((col <= x) & (row == y + up), word.word_select(index, bits) == value)),
            Assert(implies((col > x) & (row + 1 == y + up), word.word_select(index, bits) == value)),
            Assert(
                implies(
                    (col <= x) & (row >= window.source.height + up), word.word_select(index, bits) == Const(0, bits)
                )
            ),
            Assert(
                implies(
                    (col > x) & (row + 1 >= window.source.height + up), word.word_select(index, bits) == Const(0, bits)
                )
            ),
        ]
