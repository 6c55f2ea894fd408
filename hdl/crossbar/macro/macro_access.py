"""Row access to the macros of a layer.

Programming, reading and calibration between computations.
"""

from amaranth import Array, Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import CoreConfig, Layer
from ...streams import RowCommand, RowReply, index_width
from .macro_calibration import MacroCalibration
from .program_verify import ProgramVerify

__all__ = ["MacroAccess"]


class MacroAccess(wiring.Component):
    """Executor of row commands on idle macros.

    A level occupies as many rows as it has bits: row ``line * weight_bits + plane`` of a group. Programmed planes
    are buffered here; the last one starts :class:`ProgramVerify` with all planes of the level. Reading
    any plane makes a verify read. The group after those of the cells holds the codes of the references, a row for each
    plane, and behind them the target counts of the array, as :class:`MacroCalibration` keeps them. A command to
    calibrate searches for the references of the array of its tile. A command for a row that does not exist does
    nothing and is answered with an error.

    A command waits until the block is idle, and holds it idle until the reply was taken. The reply is valid in the next
    cycle; the reply with a row behind the cells a cycle later, the reply to a verify read ``1 + delay`` cycles later,
    the reply to a program command of the last plane, or to a calibration, as many cycles later as
    :class:`ProgramVerify` or :class:`ReferenceSearch` takes.

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
    known : :py:`Out(1)`
        A read is one of the known vector.
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
        self._lanes = config.sensing.count_lanes(layer)
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
                "known": Out(1),
                "group": Out(index_width(layer.array_groups)),
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
        m.submodules.calibration = calibration = MacroCalibration(self._config, layer, latency=self._latency)
        behind, exists, plane = self._decode(m, calibration)

        # Planes of the level that is being programmed, and of the level that was read.
        target = [Signal(layer.cols, name=f"target_{index}") for index in range(bits)]
        sensed = Signal(bits * layer.cols)
        reads_back = Signal()
        answer = Signal.like(self.reply.p)
        self._choose(m, programmer, calibration, sensed=sensed, reads_back=reads_back)
        m.d.comb += [
            *(port.eq(word) for port, word in zip(programmer.target, target, strict=True)),
            self.hold.eq(self.command.valid),
            self.levels.eq(Cat(target)),
            self.reply.p.eq(answer),
            self.reply.p.error.eq(~exists),
        ]
        with m.FSM():
            with m.State("WAIT"), m.If(self.command.valid & self.idle):
                m.next = "REPLY"
                m.d.sync += [answer.row.eq(0), answer.pulses.eq(0), answer.failed.eq(0)]
                with m.If(exists & command.calibrate):
                    m.d.comb += calibration.start.eq(1)
                    m.next = "SEARCH"
                with m.Elif(exists & behind):
                    m.d.comb += [calibration.keep.eq(command.write), calibration.look.eq(~command.write)]
                    with m.If(~command.write):
                        m.next = "LOOK"
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
            with m.State("LOOK"):
                m.d.sync += answer.row.eq(calibration.shown)
                m.next = "REPLY"
            for cycle in range(1 + self._delay):
                with m.State(f"SENSE_{cycle}"):
                    m.d.sync += answer.row.eq(sensed.word_select(plane, layer.cols))
                    m.next = "REPLY" if cycle == self._delay else f"SENSE_{cycle + 1}"
            with m.State("PROGRAM"), m.If(programmer.done):
                m.d.sync += [answer.pulses.eq(programmer.pulses), answer.failed.eq(programmer.failed)]
                m.next = "REPLY"
            with m.State("SEARCH"), m.If(calibration.done):
                m.next = "REPLY"
            with m.State("REPLY"):
                m.d.comb += [self.reply.valid.eq(1), self.command.ready.eq(self.reply.ready)]
                with m.If(self.reply.ready):
                    m.next = "WAIT"

        return m

    def _decode(self, m: Module, calibration: MacroCalibration) -> tuple[Signal, Signal, Signal]:
        """Return whether a row is one behind the cells, whether it exists, and which plane of a level it is."""
        layer, bits, address = self._layer, self._layer.weight_bits, self.command.p.address
        calibrate = self.command.p.calibrate
        rows = range(layer.group_rows)
        cells = Signal()
        behind = Signal()
        exists = Signal()
        plane = Signal(range(bits))
        last = self._config.sensing.calibration_lines(layer)
        m.d.comb += [
            cells.eq((address.group < layer.array_groups) & (address.line < layer.group_rows)),
            behind.eq((address.group == layer.array_groups) & (address.line < last)),
            exists.eq((address.tile < layer.arrays) & (cells | behind | calibrate)),
            self.line.eq(Array(row // bits for row in rows)[address.line]),
            plane.eq(Array(row % bits for row in rows)[address.line]),
            self.group.eq(Mux(calibrate, calibration.group, address.group)),
        ]
        return behind, exists, plane

    def _choose(
        self,
        m: Module,
        programmer: ProgramVerify,
        calibration: MacroCalibration,
        *,
        sensed: Signal,
        reads_back: Signal,
    ) -> None:
        """Connect the macro that a command is for."""
        layer, address = self._layer, self.command.p.address
        chosen = Cat(address.tile == tile for tile in range(layer.arrays))
        with m.Switch(address.tile):
            for tile in range(layer.arrays):
                with m.Case(tile):
                    m.d.comb += [
                        sensed.eq(self.sensed[tile]),
                        programmer.busy.eq(self.busy[tile]),
                        *(ones.eq(count) for ones, count in zip(calibration.count, self.counts[tile], strict=True)),
                    ]
        m.d.comb += [
            *(port.eq(sensed.word_select(index, layer.cols)) for index, port in enumerate(programmer.sensed)),
            self.columns.eq(programmer.columns),
            self.pulse.eq(chosen & programmer.pulse.replicate(layer.arrays)),
            self.verify.eq(chosen & (programmer.verify | reads_back).replicate(layer.arrays)),
            self.read.eq(chosen & calibration.read.replicate(layer.arrays)),
            self.known.eq(calibration.known),
            calibration.tile.eq(address.tile),
            calibration.line.eq(address.line),
            calibration.row.eq(self.command.p.row),
            *(port.eq(code) for port, code in zip(self.reference, calibration.reference, strict=True)),
        ]
