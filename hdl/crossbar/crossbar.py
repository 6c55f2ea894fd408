"""Arrays of one layer, with their controller."""

from amaranth import Array as Values
from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..contract import Integers, array_rows
from ..rows import RowAccess
from ..stochastic import Reseed
from ..streams import Counts, PassTag, RowCommand, RowReply, WordLines, layer_mask
from .accumulator import Accumulator
from .array import Array
from .macro.macro_access import MacroAccess
from .macro.macro_array import MacroArray
from .macro.macro_ports import MacroPorts
from .read_sequencer import ReadSequencer
from .weight_draws import WeightDraws

__all__ = ["Crossbar"]


class Crossbar(wiring.Component):
    """Binary matrix-vector product: weighted agreement counts per column.

    All arrays of the layer read in the same cycle; row tiles are added, column tiles are concatenated.
    Macros replace the arrays where the core has them. A vector takes ``layer.reads``
    cycles for each group of columns, one per group and bit plane, and the counts of the first group appear
    ``layer.reads + 2 + s`` cycles after it
    was offered to the idle crossbar, s being the stages ``hardware.pipeline + sense_stages``. The next
    group, or vector, follows at once unless there are two whose counts were not taken: while they are taken at once,
    that is never if there are ``s + 3`` reads or more. No read waits once it is issued.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    layer : :class:`Layer`
        The layer.
    weights : integer array of shape (outputs, inputs) or (sets, outputs, inputs), optional
        Initial contents: 1 stands for +1 and 0 for -1. Zeros by default. The mask bits of the pass choose one of
        several sets. Where weights are drawn, their probability codes.

    Members
    -------
    i : :py:`In(WordLines(config, layer))`
        Access to the input vectors.
    o : :py:`Out(stream.Signature(Counts(config, layer)))`
        Counts, in the order of their vectors: a beat for each group of columns.
    command, reply
        As in :class:`RowAccess`, or :class:`MacroAccess`. A command waits until the vector in progress is finished.
    macros : :py:`Out(MacroPorts(config, layer)).array(layer.arrays)`
        Arrays, where they are outside the core.
    reseed : :py:`In(Reseed(random, layer.units))`
        Seeds of the units that draw weights, between two passes. Only where weights are drawn.
    """

    def __init__(self, config: CoreConfig, layer: Layer, *, weights: Integers | None = None):
        self._config = config
        self._layer = layer
        self._weights = weights
        # State of a read in the pipeline.
        self._stage = data.StructLayout({"valid": 1, "finish": 1, "clear": 1, "shift": 1, "tag": PassTag(config)})
        optional: dict[str, wiring.Member] = {}
        if config.macro is not None:
            optional["macros"] = Out(MacroPorts(config, layer)).array(layer.arrays)
        elif layer.sampling is not None:
            optional["reseed"] = In(Reseed(config.random, layer.units))
        super().__init__(
            {
                "i": In(WordLines(config, layer)),
                "o": Out(stream.Signature(Counts(config, layer))),
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
                **optional,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer, hardware = self._layer, self._config.hardware

        m.submodules.accumulator = accumulator = Accumulator(layer, hardware)
        m.submodules.rows = rows = self._access()
        wiring.connect(m, wiring.flipped(self.command), rows.command)
        wiring.connect(m, rows.reply, wiring.flipped(self.reply))

        m.submodules.reads = reads = ReadSequencer(layer)
        m.d.comb += [
            reads.valid.eq(self.i.valid),
            reads.hold.eq(rows.hold),
            reads.taken.eq(self.o.valid & self.o.ready),
            self.i.read.eq(reads.issue),
            self.i.group.eq(reads.group),
            self.i.plane.eq(reads.plane),
            self.i.done.eq(reads.ends if layer.column_groups > 1 else reads.done),
        ]

        # A read is issued, and its counts are added a cycle later and one more for each stage of the pipeline. Nothing
        # on its way stands still: for the counts of the two vectors there can be, there is a place in the output and
        # one in the accumulator.
        issued = Signal(self._stage)
        m.d.comb += [
            issued.valid.eq(reads.issue),
            issued.finish.eq(reads.done),
            issued.clear.eq(reads.between),
            issued.shift.eq(reads.first_group),
            issued.tag.eq(self.i.tag),
        ]
        stages = [issued]
        for index in range(1 + self._config.read_stages):
            stages.append(Signal(self._stage, name=f"stage_{index}"))
            m.d.sync += stages[-1].eq(stages[-2])
        adding = stages[-1]
        m.d.comb += [
            accumulator.add.eq(adding.valid),
            accumulator.clear.eq(adding.clear),
            accumulator.shift.eq(adding.shift),
        ]
        # `idle` is registered a cycle early: it starts the critical path of a row command.
        idle = Signal(init=1)
        m.d.sync += idle.eq(self._begins(reads) & ~Cat(stage.valid for stage in stages[:-1]).any())
        m.d.comb += rows.idle.eq(idle)
        self._give(m, adding, accumulator)

        self._arrays(m, reads, rows, accumulator)

        return m

    def _arrays(self, m: Module, reads: ReadSequencer, rows: RowAccess | MacroAccess, accumulator: Accumulator) -> None:
        """Connect the arrays of all tiles."""
        layer = self._layer
        address: Value = reads.group
        if layer.sets > 1:
            firsts = Values(index * layer.set_groups for index in range(layer.sets))
            address = firsts[layer_mask(self.i.tag, layer)] + reads.group
        turn = rows.hold & self._begins(reads)
        draws = self._draw(m, reads)
        for tile in range(layer.arrays):
            row_tile, col_tile = divmod(tile, layer.col_tiles)
            array = self._outside(m, tile, rows) if isinstance(rows, MacroAccess) else self._inside(m, tile, rows)
            m.submodules[f"array_{row_tile}_{col_tile}"] = array
            m.d.comb += [
                array.read.eq(reads.issue | rows.read[tile]),
                array.group.eq(Mux(turn, rows.group, address)),
                array.line.eq(rows.line),
                array.bits.eq(self.i.bits[row_tile]),
            ]
            if isinstance(array, Array) and isinstance(rows, RowAccess) and layer.column_folds > 1:
                column = reads.column if layer.column_groups > 1 else 0
                m.d.comb += array.column.eq(Mux(turn, rows.column, column))
            if isinstance(array, Array) and draws:
                planes = zip(array.draws, draws[row_tile].draws, strict=True)
                m.d.comb += [target.eq(source) for target, source in planes]
            start, lanes = sum(layer.tile_lanes(each) for each in range(col_tile)), layer.tile_lanes(col_tile)
            for bit, counts in enumerate(array.count):
                m.d.comb += accumulator.counts[row_tile][bit][start : start + lanes].eq(counts[:lanes])

    def _begins(self, reads: ReadSequencer) -> Value:
        """Return whether the next read is the first of its vector."""
        return reads.begins if self._layer.column_groups > 1 else reads.between

    def _give(self, m: Module, adding: data.View, accumulator: Accumulator) -> None:
        """Give out the counts of a beat once its last read is being added."""
        # Finished counts go to the output as soon as that is empty. The output is loaded while it is empty, with
        # whatever there is, so that its registers end no critical path.
        finished = Signal()
        tag = Signal.like(self.i.tag)
        m.d.sync += [
            finished.eq((adding.valid & adding.finish) | (finished & self.o.valid)),
            self.o.valid.eq(Mux(self.o.valid, ~self.o.ready, finished)),
        ]
        with m.If(adding.valid & adding.finish):
            m.d.sync += tag.eq(adding.tag)
        with m.If(~self.o.valid):
            m.d.sync += self.o.p.tag.eq(tag)
            m.d.sync += [plane.eq(total) for plane, total in zip(self.o.p.planes, accumulator.total, strict=True)]

    def _access(self) -> RowAccess | MacroAccess:
        """Return the executor of row commands."""
        layer, hardware, delay = self._layer, self._config.hardware, int(self._config.hardware.reads_registered)
        if self._config.macro is not None:
            latency = 1 + hardware.array_stages + self._config.sensing.stages
            return MacroAccess(self._config, layer, delay=delay, latency=latency)
        return RowAccess(
            self._config,
            tiles=layer.arrays,
            groups=layer.array_groups,
            lines=layer.group_rows,
            delay=delay,
            folds=layer.column_folds,
        )

    def _inside(self, m: Module, tile: int, rows: RowAccess) -> Array:
        """Return array ``tile`` with internal cells, and make the connections that only such an array has."""
        init = () if self._weights is None else array_rows(self._weights, self._layer, tile)
        row_tile, col_tile = divmod(tile, self._layer.col_tiles)
        array = Array(self._layer, row_tile, hardware=self._config.hardware, init=init, col_tile=col_tile)
        m.d.comb += [array.write.eq(rows.write[tile]), array.row.eq(rows.row), rows.words[tile].eq(array.word)]
        return array

    def _outside(self, m: Module, tile: int, rows: MacroAccess) -> MacroArray:
        """Return array ``tile`` as a macro, and make the connections that only a macro has."""
        array = MacroArray(self._config, self._layer, tile // self._layer.col_tiles)
        wiring.connect(m, array.macro, wiring.flipped(self.macros[tile]))
        m.d.comb += [
            array.known.eq(rows.known),
            array.pulse.eq(rows.pulse[tile]),
            array.verify.eq(rows.verify[tile]),
            array.columns.eq(rows.columns),
            array.levels.eq(rows.levels),
            array.reference.eq(rows.reference[tile]),
            rows.busy[tile].eq(array.macro.busy),
            rows.sensed[tile].eq(array.macro.sensed),
            *(rows.counts[tile][bit].eq(counts) for bit, counts in enumerate(array.count)),
        ]
        return array

    def _draw(self, m: Module, reads: ReadSequencer) -> list[WeightDraws]:
        """Connect what weights are compared with, for each row tile; nothing where they are fixed."""
        layer = self._layer
        if not layer.line_units:
            return []
        draws = [WeightDraws(self._config, layer, row_tile) for row_tile in range(layer.row_tiles)]
        for row_tile, each in enumerate(draws):
            m.submodules[f"draws_{row_tile}"] = each
            m.d.comb += [
                each.step.eq(reads.issue),
                each.reseed.load.eq(self.reseed.load.word_select(row_tile, layer.line_units)),
                each.reseed.seed.eq(self.reseed.seed),
            ]
        if layer.replays:
            # Every sweep of a pass, or every group of columns of a vector.
            begin, again = self._begins(reads), reads.between
            if layer.repeats:
                end = reads.ends if layer.column_groups > 1 else reads.done
                begin, again = begin & self._first_vector(m, end=reads.issue & end), reads.first_group
            for each in draws:
                m.d.comb += [each.begin.eq(begin), each.again.eq(again & ~begin)]
        return draws

    def _first_vector(self, m: Module, *, end: Value) -> Value:
        """Return whether a vector is the first of its pass; ``end`` marks its last read."""
        if self._layer.vectors == 1:
            return Const(1)
        index = Signal(range(self._layer.vectors))
        first = Signal(init=1)
        with m.If(end):
            last = index == self._layer.vectors - 1
            m.d.sync += [index.eq(Mux(last, 0, index + 1)), first.eq(last)]
        return first
