"""Arrays of one layer, with their controller."""

from amaranth import Array as Values
from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Layer
from ..contract.program import Integers
from ..contract.rows import array_rows
from ..rows.row_access import RowAccess
from ..stochastic.local_units import Reseed
from ..streams.layouts import Counts, PassTag, RowCommand, RowReply, index_width, layer_mask
from ..streams.word_lines import WordLines
from .accumulator import Accumulator
from .array import Array
from .macro.macro_access import MacroAccess
from .macro.macro_array import MacroArray
from .macro.macro_ports import MacroPorts
from .weight_draws import WeightDraws

__all__ = ["Crossbar"]

#: Vectors whose counts can be held.
_PLACES = 2

#: Cycles by which the last group or plane is computed ahead.
_AHEAD = 2


class Crossbar(wiring.Component):
    """Binary matrix-vector product: weighted agreement counts per column.

    All arrays of the layer read in the same cycle; row tiles are added, column tiles are concatenated.
    Macros replace the arrays where the core has them. A vector takes ``layer.reads``
    cycles, one per group and bit plane, and its counts appear ``layer.reads + 2 + s`` cycles after it
    was offered to the idle crossbar, s being the stages ``hardware.pipeline + sense_stages``. The next
    one follows at once unless there are two whose counts were not taken: while they are taken at once,
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
        Counts, in the order of their vectors.
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

        # A read is issued, and its counts are added a cycle later and one more for each stage of the
        # pipeline, which never stalls: a vector begins only while fewer than two wait to be taken,
        # so that its counts fit into the output or the accumulator.
        issue = Signal()
        outstanding = Signal(range(_PLACES + 1))
        full = Signal()
        group = Signal(index_width(layer.groups))
        plane = Signal(index_width(layer.input_bits), init=layer.input_bits - 1)
        # Row commands are served between two vectors. Registered: these flags start the critical path.
        first_group = Signal(init=1)
        last_group = Signal(init=layer.groups == 1)
        last_plane = Signal(init=layer.input_bits == 1)
        between = Signal(init=1)
        m.d.comb += [
            full.eq(outstanding == _PLACES),
            issue.eq(self.i.valid & ~(between & (rows.hold | full))),
            self.i.read.eq(issue),
            self.i.group.eq(group),
            self.i.plane.eq(plane),
            self.i.done.eq(last_group & last_plane),
        ]
        with m.If(issue):
            m.d.sync += [
                group.eq(Mux(last_group, 0, group + 1)),
                first_group.eq(last_group),
                last_group.eq((layer.groups == 1) | (~last_group & (group == layer.groups - _AHEAD))),
                between.eq(self.i.done),
            ]
            with m.If(last_group):
                m.d.sync += [
                    plane.eq(Mux(last_plane, layer.input_bits - 1, plane - 1)),
                    last_plane.eq((layer.input_bits == 1) | (~last_plane & (plane == 1))),
                ]
        begins, taken = issue & between, self.o.valid & self.o.ready
        m.d.sync += outstanding.eq(outstanding + begins - taken)

        issued = Signal(self._stage)
        m.d.comb += [
            issued.valid.eq(issue),
            issued.finish.eq(self.i.done),
            issued.clear.eq(between),
            issued.shift.eq(first_group),
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
        # No read in flight. `idle` is registered a cycle early: it fans out to every row command.
        idle = Signal(init=1)
        m.d.sync += idle.eq(between & ~Cat(stage.valid for stage in stages[:-1]).any())
        m.d.comb += rows.idle.eq(idle)

        # A finished sum moves to the output as soon as that is empty. The output is loaded unconditionally while it is
        # empty, which keeps its registers off the critical path.
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

        address: Value = group
        if layer.sets > 1:
            firsts = Values(index * layer.set_groups for index in range(layer.sets))
            address = firsts[layer_mask(self.i.tag, layer)] + group
        draws = self._draw(m, issue=issue, between=between, first_group=first_group)
        for tile in range(layer.arrays):
            row_tile, col_tile = divmod(tile, layer.col_tiles)
            array = self._outside(m, tile, rows) if isinstance(rows, MacroAccess) else self._inside(m, tile, rows)
            m.submodules[f"array_{row_tile}_{col_tile}"] = array
            m.d.comb += [
                array.read.eq(issue | rows.read[tile]),
                array.group.eq(Mux(rows.hold & between, rows.group, address)),
                array.line.eq(rows.line),
                array.bits.eq(self.i.bits[row_tile]),
            ]
            if isinstance(array, Array) and draws:
                planes = zip(array.draws, draws[row_tile].draws, strict=True)
                m.d.comb += [target.eq(source) for target, source in planes]
            start, stop = col_tile * layer.cols, min((col_tile + 1) * layer.cols, layer.outputs)
            for bit, counts in enumerate(array.count):
                m.d.comb += accumulator.counts[row_tile][bit][start:stop].eq(counts[: stop - start])

        return m

    def _access(self) -> RowAccess | MacroAccess:
        """Return the executor of row commands."""
        layer, hardware, delay = self._layer, self._config.hardware, int(self._config.hardware.reads_registered)
        if self._config.macro is not None:
            latency = 1 + hardware.array_stages + self._config.sensing.stages
            return MacroAccess(self._config, layer, delay=delay, latency=latency)
        return RowAccess(
            self._config, tiles=layer.arrays, groups=layer.array_groups, lines=layer.group_rows, delay=delay
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

    def _draw(self, m: Module, *, issue: Signal, between: Signal, first_group: Signal) -> list[WeightDraws]:
        """Connect the draws to compare weights with, for each row tile; none where weights are fixed."""
        layer = self._layer
        if not layer.line_units:
            return []
        draws = [WeightDraws(self._config, layer, row_tile) for row_tile in range(layer.row_tiles)]
        for row_tile, each in enumerate(draws):
            m.submodules[f"draws_{row_tile}"] = each
            m.d.comb += [
                each.step.eq(issue),
                each.reseed.load.eq(self.reseed.load.word_select(row_tile, layer.line_units)),
                each.reseed.seed.eq(self.reseed.seed),
            ]
        if layer.repeats:
            first_vector = self._first_vector(m, end=issue & self.i.done)
            for each in draws:
                begin = between & first_vector
                m.d.comb += [each.begin.eq(begin), each.again.eq(first_group & ~begin)]
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
