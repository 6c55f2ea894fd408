"""Row access to the macros of a layer.

Programming, reading and calibration between computations.
"""

from amaranth import Array, Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import CoreConfig, Layer
from ...streams import RowCommand, RowReply, index_width
from .program_verify import ProgramVerify
from .reference_codes import ReferenceCodes
from .reference_search import ReferenceSearch

__all__ = ["MacroAccess"]


class MacroAccess(wiring.Component):
    """Executor of row commands on idle macros.

    A level occupies as many rows as it has bits: row ``line * weight_bits + plane`` of a group. Programmed planes
    are buffered here; the last one starts :class:`ProgramVerify` with all planes of the level. Reading
    any plane makes a verify read. The group after those of the reference cells holds the code of the references, a
    row for each plane; a global reference uses only the first column. A command to calibrate runs
    :class:`ReferenceSearch` on the array of its tile. A command for a row that does not exist does nothing and is
    answered with an error.

    A command waits until the block is idle, and holds it idle until the reply was taken. The reply is valid in the next
    cycle; the reply to a verify read ``1 + delay`` cycles later, the reply to a program command of the last plane, or
    to a calibration, as many cycles later as :class:`ProgramVerify` or :class:`ReferenceSearch` takes.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core; it has macros.
    layer : :class:`Layer`
        The layer.
    delay : :class:`int`
        Cycles beyond one that macros take to sense levels.
    latency : :class:`int`
        Cycles from a read to its counts.

    Members
    -------
    command : :py:`In(stream.Signature(RowCommand(config)))`
        Commands, each taken when its reply is.
    reply : :py:`Out(stream.Signature(RowReply(config)))`
        Replies in the order of their commands.
    idle : :py:`In(1)`
        The block is idle in this cycle.
    hold : :py:`Out(1)`
        The block must start nothing.
    read, pulse, verify : :py:`Out(tiles)`
        Operation that the macro of that bit performs.
    group, line, columns, levels : :py:`Out(…)`
        As in :class:`MacroPorts`.
    reference : :py:`Out(…).array(tiles)`
        Codes of the references of each macro.
    busy : :py:`In(tiles)`
        The macro of that bit has not finished the last pulse.
    sensed : :py:`In(weight_bits * cols).array(tiles)`
        Levels that each macro has read.
    counts : :py:`In(cols).array(tiles, read_width)`
        Planes of the counts of each macro.
    """

    def __init__(self, config: CoreConfig, layer: Layer, *, delay: int = 0, latency: int = 1):
        if config.macro is None:
            raise ValueError("MacroAccess config must have a section macro, not none")
        self._config = config
        self._macro = config.macro
        self._layer = layer
        self._delay = delay
        self._latency = latency
        self._lanes = 1 if self._macro.reference == "global" else layer.cols
        levels = layer.weight_bits * layer.cols
        super().__init__(
            {
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
                "idle": In(1),
                "hold": Out(1),
                "read": Out(layer.arrays),
                "pulse": Out(layer.arrays),
                "verify": Out(layer.arrays),
                "group": Out(index_width(layer.macro_groups)),
                "line": Out(index_width(layer.rows_per_read)),
                "columns": Out(layer.cols),
                "levels": Out(levels),
                "reference": Out(self._macro.reference_bits * self._lanes).array(layer.arrays),
                "busy": In(layer.arrays),
                "sensed": In(levels).array(layer.arrays),
                "counts": In(layer.cols).array(layer.arrays, layer.read_width),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layer, bits, command = self._layer, self._layer.weight_bits, self.command.p
        m.submodules.programmer = programmer = ProgramVerify(self._config, delay=self._delay)
        m.submodules.search = search = ReferenceSearch(self._config, layer, latency=self._latency)
        m.submodules.codes = codes = ReferenceCodes(self._config, layer)
        references, exists, plane = self._decode(m, search)

        # Planes of the level that is being programmed, and of the level that was read.
        target = [Signal(layer.cols, name=f"target_{index}") for index in range(bits)]
        sensed = Signal(bits * layer.cols)
        reads_back = Signal()
        answer = Signal.like(self.reply.p)
        self._choose(m, programmer, search, codes, sensed=sensed, reads_back=reads_back)
        m.d.comb += [
            *(port.eq(word) for port, word in zip(programmer.target, target, strict=True)),
            *(port.eq(sensed.word_select(index, layer.cols)) for index, port in enumerate(programmer.sensed)),
            self.hold.eq(self.command.valid),
            self.columns.eq(programmer.columns),
            self.levels.eq(Cat(target)),
            self.reply.p.eq(answer),
            self.reply.p.error.eq(~exists),
        ]
        with m.FSM():
            with m.State("WAIT"), m.If(self.command.valid & self.idle):
                m.next = "REPLY"
                m.d.sync += [answer.row.eq(codes.shown), answer.pulses.eq(0), answer.failed.eq(0)]
                with m.If(exists & command.calibrate):
                    m.d.comb += search.start.eq(1)
                    m.next = "SEARCH"
                with m.Elif(exists & references):
                    m.d.comb += codes.keep.eq(command.write)
                with m.Elif(exists & command.write):
                    with m.Switch(plane):
                        for index, word in enumerate(target):
                            with m.Case(index):
                                m.d.sync += word.eq(command.row)
                    with m.If(plane == bits - 1):
                        m.d.comb += programmer.start.eq(1)
                        m.next = "PROGRAM"
                with m.Elif(exists):
                    m.d.comb += reads_back.eq(1)
                    m.next = "SENSE_0"
            for cycle in range(1 + self._delay):
                with m.State(f"SENSE_{cycle}"):
                    m.d.sync += answer.row.eq(sensed.word_select(plane, layer.cols))
                    m.next = "REPLY" if cycle == self._delay else f"SENSE_{cycle + 1}"
            with m.State("PROGRAM"), m.If(programmer.done):
                m.d.sync += [answer.pulses.eq(programmer.pulses), answer.failed.eq(programmer.failed)]
                m.next = "REPLY"
            with m.State("SEARCH"):
                m.d.comb += codes.searching.eq(1)
                with m.If(search.done):
                    m.next = "REPLY"
            with m.State("REPLY"):
                m.d.comb += [self.reply.valid.eq(1), self.command.ready.eq(self.reply.ready)]
                with m.If(self.reply.ready):
                    m.next = "WAIT"

        return m

    def _decode(self, m: Module, search: ReferenceSearch) -> tuple[Signal, Signal, Signal]:
        """Return whether a row is of references, whether it exists, and which plane of a level it is."""
        layer, bits, address = self._layer, self._layer.weight_bits, self.command.p.address
        calibrate = self.command.p.calibrate
        rows = range(layer.group_rows)
        cells = Signal()
        references = Signal()
        exists = Signal()
        plane = Signal(range(bits))
        m.d.comb += [
            cells.eq((address.group < layer.macro_groups) & (address.line < layer.group_rows)),
            references.eq((address.group == layer.macro_groups) & (address.line < self._macro.reference_bits)),
            exists.eq((address.tile < layer.arrays) & (cells | references | calibrate)),
            self.line.eq(Array(row // bits for row in rows)[address.line]),
            plane.eq(Array(row % bits for row in rows)[address.line]),
            self.group.eq(Mux(calibrate, layer.array_groups + search.group, address.group)),
        ]
        return references, exists, plane

    def _choose(
        self,
        m: Module,
        programmer: ProgramVerify,
        search: ReferenceSearch,
        codes: ReferenceCodes,
        *,
        sensed: Signal,
        reads_back: Signal,
    ) -> None:
        """Connect the macro that a command is for."""
        layer, tile_address = self._layer, self.command.p.address.tile
        chosen = Cat(tile_address == tile for tile in range(layer.arrays))
        with m.Switch(tile_address):
            for tile in range(layer.arrays):
                with m.Case(tile):
                    m.d.comb += [
                        sensed.eq(self.sensed[tile]),
                        programmer.busy.eq(self.busy[tile]),
                        *(ones.eq(count) for ones, count in zip(search.count, self.counts[tile], strict=True)),
                    ]
        lines = Array(
            self._config.sensing.reference_lines(layer, tile // layer.col_tiles) for tile in range(layer.arrays)
        )
        m.d.comb += [
            search.lines.eq(lines[tile_address]),
            self.pulse.eq(chosen & programmer.pulse.replicate(layer.arrays)),
            self.verify.eq(chosen & (programmer.verify | reads_back).replicate(layer.arrays)),
            self.read.eq(chosen & search.read.replicate(layer.arrays)),
            codes.chosen.eq(chosen),
            codes.line.eq(self.command.p.address.line),
            codes.row.eq(self.command.p.row),
            codes.found.eq(search.done),
            *(port.eq(code) for port, code in zip(codes.code, search.code, strict=True)),
            *(port.eq(code) for port, code in zip(self.reference, codes.reference, strict=True)),
        ]
