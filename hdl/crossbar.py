"""One layer's arrays, with the controller that computes, programs and verifies."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from .accumulator import Accumulator
from .array import Array
from .config import CoreConfig, Layer
from .contents import array_rows
from .layouts import Counts, PassTag, RowCommand, RowReply, index_width
from .program import Integers
from .row_access import RowAccess
from .word_lines import WordLines

__all__ = ["Crossbar"]


class Crossbar(wiring.Component):
    """Binary matrix-vector product: in each column, the weighted count of agreeing inputs.

    All arrays of the layer read in the same cycle; row tiles are added, column tiles lie side by
    side. A vector takes ``layer.reads`` cycles, one per group and bit plane, and the next one may
    follow at once. Its counts appear ``layer.reads + 1 + hardware.pipeline`` cycles after it was
    offered to the idle crossbar. Everything waits while the counts are refused.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        The layer.
    weights : integer array of shape (outputs, inputs), optional
        Initial contents: 1 stands for +1 and 0 for -1. Zeros by default.

    Members
    -------
    i : :py:`In(WordLines(config, layer))`
        Access to the input vectors.
    o : :py:`Out(stream.Signature(Counts(config, layer)))`
        Counts, in the order of their vectors.
    command, reply
        As in :class:`RowAccess`. A command waits for the vector in progress to be finished.
    """

    def __init__(self, config: CoreConfig, layer: Layer, *, weights: Integers | None = None):
        self._config = config
        self._layer = layer
        self._weights = weights
        # What goes with a read through the pipeline.
        self._stage = data.StructLayout({"valid": 1, "finish": 1, "clear": 1, "shift": 1, "tag": PassTag(config)})
        super().__init__(
            {
                "i": In(WordLines(config, layer)),
                "o": Out(stream.Signature(Counts(config, layer))),
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer, hardware = self._layer, self._config.hardware

        m.submodules.accumulator = accumulator = Accumulator(layer, hardware)
        m.submodules.rows = rows = RowAccess(
            self._config, tiles=layer.arrays, groups=layer.array_groups, lines=layer.rows_per_read
        )
        wiring.connect(m, wiring.flipped(self.command), rows.command)
        wiring.connect(m, rows.reply, wiring.flipped(self.reply))

        # A read is issued, and its counts are added a cycle later and one more for each stage of the
        # pipeline. All stages stand still while the finished counts wait, since the accumulator holds them.
        step = Signal()
        issue = Signal()
        group = Signal(index_width(layer.groups))
        plane = Signal(index_width(layer.input_bits), init=layer.input_bits - 1)
        last_group, last_plane = Signal(), Signal()
        # A row command gets its turn between two vectors. Registers of their own, for what waits for them is long.
        first_group, between = Signal(init=1), Signal(init=1)
        m.d.comb += [
            last_group.eq(group == layer.groups - 1),
            last_plane.eq(plane == 0),
            step.eq(~self.o.valid | self.o.ready),
            issue.eq(step & self.i.valid & ~(between & rows.hold)),
            self.i.read.eq(issue),
            self.i.group.eq(group),
            self.i.plane.eq(plane),
            self.i.done.eq(last_group & last_plane),
        ]
        with m.If(issue):
            m.d.sync += [
                group.eq(Mux(last_group, 0, group + 1)),
                first_group.eq(last_group),
                between.eq(last_group & last_plane),
            ]
            with m.If(last_group):
                m.d.sync += plane.eq(Mux(last_plane, layer.input_bits - 1, plane - 1))

        issued = Signal(self._stage)
        m.d.comb += [
            issued.valid.eq(issue),
            issued.finish.eq(self.i.done),
            issued.clear.eq(between),
            issued.shift.eq(first_group),
            issued.tag.eq(self.i.tag),
        ]
        stages = [issued]
        for index in range(1 + hardware.pipeline):
            stages.append(Signal(self._stage, name=f"stage_{index}"))
            with m.If(step):
                m.d.sync += stages[-1].eq(stages[-2])
        adding = stages[-1]
        with m.If(step):
            m.d.sync += [self.o.valid.eq(adding.valid & adding.finish), self.o.p.tag.eq(adding.tag)]
        m.d.comb += [
            accumulator.step.eq(step),
            accumulator.add.eq(step & adding.valid),
            accumulator.clear.eq(adding.clear),
            accumulator.shift.eq(adding.shift),
        ]
        # No read on its way: what that will be in the next cycle, for a row command has a long way from here.
        idle = Signal(init=1)
        moved, stood = (Cat(stage.valid for stage in reads).any() for reads in (stages[1:-1], stages[1:]))
        m.d.sync += idle.eq(between & ~issue & ~Mux(step, moved, stood))
        m.d.comb += rows.idle.eq(idle)
        for plane_index, total in enumerate(accumulator.total):
            m.d.comb += self.o.p.planes[plane_index].eq(total)

        for tile in range(layer.arrays):
            row_tile, col_tile = divmod(tile, layer.col_tiles)
            init = () if self._weights is None else array_rows(self._weights, layer, tile)
            m.submodules[f"array_{row_tile}_{col_tile}"] = array = Array(layer, row_tile, hardware=hardware, init=init)
            m.d.comb += [
                array.read.eq(issue | rows.read[tile]),
                array.write.eq(rows.write[tile]),
                array.group.eq(Mux(rows.hold & between, rows.group, group)),
                array.line.eq(rows.line),
                array.row.eq(rows.row),
                array.step.eq(step),
                array.bits.eq(self.i.bits[row_tile]),
                rows.words[tile].eq(array.word),
            ]
            start, stop = col_tile * layer.cols, min((col_tile + 1) * layer.cols, layer.outputs)
            for bit, counts in enumerate(array.count):
                m.d.comb += accumulator.counts[row_tile][bit][start:stop].eq(counts[: stop - start])

        return m
