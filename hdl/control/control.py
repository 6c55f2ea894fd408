"""Register port, and the commands that it gives."""

from amaranth import Cat, Module, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Measure
from ..contract import WORD_WIDTH, Program, Register, register_map
from ..results import Correction
from ..rows import RowBuffer
from ..stochastic import SelfTestBankPort
from ..streams import RowCommand, RowReply, index_width
from .bus import BusReply, BusRequest
from .commands import Commands
from .counters import Counters
from .in_flight import InFlight
from .interrupts import Interrupts
from .register_access import RegisterAccess
from .register_file import RegisterFile
from .row_outcome import RowOutcome

__all__ = ["Control"]


class Control(wiring.Component):
    """Register port of the core; executes its commands.

    One access at a time: its answer is valid four cycles after the request was offered, or when the
    command it gave is done, and the request is taken with the answer.
    :func:`hdl.contract.register_map.register_map` describes each register.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    program : :class:`Program`, optional
        Drop codes and seed after reset; by default the configuration's.
    logits : :class:`bool`
        Whether the stream of logits is on after reset.

    Members
    -------
    request : :py:`In(stream.Signature(BusRequest()))`
        Accesses.
    answer : :py:`Out(stream.Signature(BusReply()))`
        Their answers, in order.
    enable : :py:`Out(1)`
        Inputs may be started.
    started, done : :py:`In(1)`
        An input was started, or its last result was taken, in this cycle.
    short_packet, long_packet : :py:`In(1)`
        An input with too few, or too many, beats was dropped in this cycle.
    send_logits : :py:`Out(1)`
        The stream of logits is on. Changes only while the core is disabled and idle.
    passes : :py:`Out(passes_width)`
        Passes per input.
    exact : :py:`Out(1)`
        Exact mode.
    irq : :py:`Out(1)`
        An event whose interrupt is enabled has happened, in the cycle after its flag is set, until that is cleared.
    codes : :py:`Out(draw_bits).array(len(drop_codes))`
        Drop codes.
    load, seed : :py:`Out(max(units, 1))`, :py:`Out(lfsr_width)`
        Bit ``u`` lets stochastic unit ``u`` start its random sequence again from ``seed``.
    measure, threshold : :py:`Out(…)`
        Condition for an unknown input, in a core with predictive probabilities.
    command : :py:`Out(stream.Signature(RowCommand(config)))`
        Row commands.
    reply : :py:`In(stream.Signature(RowReply(config)))`
        Their answers.
    self_test : :py:`Out(SelfTestBankPort(config))`
        Limits and findings. Only where the configuration has a self-test.
    correction_write, correction_read, correction_index, correction_constants, correction_stored
        As in :class:`~hdl.results.LogitCorrection`.
    """

    def __init__(self, config: CoreConfig, program: Program | None = None, *, logits: bool = False):
        self._config = config
        self._registers = register_map(config, program, logits=logits)
        measures = config.measures
        optional: dict[str, wiring.Member] = {}
        if measures is not None:
            optional |= {"measure": Out(range(len(Measure))), "threshold": Out(measures.threshold_width)}
        if config.self_test is not None:
            optional["self_test"] = Out(SelfTestBankPort(config))
        super().__init__(
            {
                "request": In(stream.Signature(BusRequest())),
                "answer": Out(stream.Signature(BusReply())),
                "enable": Out(1),
                "started": In(1),
                "done": In(1),
                "short_packet": In(1),
                "long_packet": In(1),
                "send_logits": Out(1),
                "passes": Out(config.passes_width),
                "exact": Out(1),
                "irq": Out(1),
                "codes": Out(config.random.draw_bits).array(len(config.stochastic.drop_codes)),
                "load": Out(max(config.stochastic.units, 1)),
                "seed": Out(config.random.lfsr_width),
                "command": Out(stream.Signature(RowCommand(config))),
                "reply": In(stream.Signature(RowReply(config))),
                "correction_write": Out(1),
                "correction_read": Out(1),
                "correction_index": Out(index_width(config.network.classes)),
                "correction_constants": Out(Correction(config)),
                "correction_stored": In(Correction(config)),
                **optional,
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        config = self._config
        m.submodules.registers = registers = RegisterFile(self._registers)
        m.submodules.access = access = RegisterAccess()
        m.submodules.commands = commands = Commands(config)
        m.submodules.outcome = outcome = RowOutcome(config)
        m.submodules.flight = in_flight = InFlight(config)
        m.submodules.counters = counters = Counters()
        m.submodules.buffer = buffer = RowBuffer(config)
        wiring.connect(m, wiring.flipped(self.request), access.request)
        wiring.connect(m, access.answer, wiring.flipped(self.answer))
        self._connect_access(m, access, registers, commands)
        self._connect_commands(m, access, registers, commands)
        self._connect_rows(m, access, registers, commands, outcome, buffer)
        self._connect_fields(m, registers)
        self._connect_interrupts(m, registers)

        running = Signal()
        m.d.comb += [
            in_flight.started.eq(self.started),
            in_flight.done.eq(self.done),
            running.eq(self.enable | in_flight.busy),
            registers.running.eq(running),
            registers[Register.STATUS, "busy"].eq(in_flight.busy),
            counters.busy.eq(in_flight.busy),
            counters.done.eq(self.done),
            counters.clear.eq(commands.clear),
            counters.keep.eq(access.look_up & ~self.request.p.write & self._addresses(Register.CYCLES_LOW)),
            registers[Register.INPUTS, "value"].eq(counters.inputs),
            registers[Register.CYCLES_LOW, "value"].eq(counters.low),
            registers[Register.CYCLES_HIGH, "value"].eq(counters.high),
        ]
        return m

    def _addresses(self, register: Register) -> Value:
        """Return whether the byte address of the request lies in ``register``."""
        return self.request.p.address[2:] == register >> 2

    def _connect_access(self, m: Module, access: RegisterAccess, registers: RegisterFile, commands: Commands) -> None:
        """Connect the sequencer of accesses to the registers."""
        is_command = Signal()
        m.d.comb += [
            is_command.eq(self._addresses(Register.COMMAND)),
            registers.address.eq(self.request.p.address),
            registers.value.eq(access.value),
            registers.write.eq(access.act & access.writes),
            registers.load.eq(access.correction_done),
            registers[Register.ERRORS, "refused"].eq(access.refused),
            *(
                getattr(access, name).eq(getattr(registers, name))
                for name in ("exists", "readable", "keeps", "whole", "current")
            ),
            access.writable.eq(registers.writable & ~(is_command & commands.senseless)),
            access.asks_row.eq(commands.asks_row),
            access.asks_correction.eq(commands.asks_correction),
            commands.give.eq(access.act & access.writes & is_command),
            commands.code.eq(access.value),
        ]

    def _connect_commands(self, m: Module, access: RegisterAccess, registers: RegisterFile, commands: Commands) -> None:
        """Connect the commands that need no answer, and those to the logit correction."""
        constants, stored = self.correction_constants, self.correction_stored
        if self._config.stochastic.units > 1:
            m.d.comb += commands.unit.eq(registers[Register.UNIT, "unit"])
        if self._config.self_test is not None:
            m.d.comb += self.self_test.clear.eq(commands.self_test_clear)
        m.d.comb += [
            commands.seed.eq(self.seed),
            self.load.eq(commands.load),
            self.correction_write.eq(commands.correction_write),
            self.correction_read.eq(commands.correction_read),
            self.correction_index.eq(registers[Register.CLASS, "class_index"]),
            constants.gain.eq(registers[Register.GAIN, "gain"]),
            constants.offset.eq(registers[Register.OFFSET, "offset"]),
            constants.shift.eq(registers[Register.SHIFT, "shift"]),
            registers.loaded(Register.GAIN, "gain").eq(stored.gain),
            registers.loaded(Register.OFFSET, "offset").eq(stored.offset),
            registers.loaded(Register.SHIFT, "shift").eq(stored.shift),
        ]

    def _connect_rows(
        self,
        m: Module,
        access: RegisterAccess,
        registers: RegisterFile,
        commands: Commands,
        outcome: RowOutcome,
        buffer: RowBuffer,
    ) -> None:
        """Connect the row commands, their replies and the row that the host sees."""
        command, address, reply = self.command.p, self.command.p.address, self.reply.p
        m.d.comb += [
            self.command.valid.eq(access.row),
            self.reply.ready.eq(access.row),
            access.replied.eq(self.reply.valid),
            access.row_error.eq(reply.error),
            command.row.eq(buffer.row),
            command.write.eq(commands.program),
            *(address[name].eq(registers[Register.TARGET, name]) for name in ("tile", "layer", "thresholds")),
            *(address[name].eq(registers[Register.ROW, name]) for name in ("group", "line")),
            outcome.waiting.eq(access.row),
            outcome.replied.eq(self.reply.valid),
            outcome.reply.eq(reply),
            outcome.done.eq(access.row_done),
            outcome.error.eq(self.answer.p.error),
            outcome.code.eq(access.value),
            outcome.expected.eq(buffer.row),
            registers[Register.ERRORS, "verify"].eq(outcome.differs),
            buffer.load.eq(outcome.load),
            buffer.loaded.eq(outcome.row),
            buffer.rotate.eq(access.act & self._addresses(Register.DATA) & (access.writes | ~self.request.p.write)),
            buffer.replace.eq(access.writes),
            buffer.replacement.eq(access.value),
            registers[Register.DATA, "word"].eq(buffer.word),
        ]
        if self._config.macro is not None:
            m.d.comb += [
                command.calibrate.eq(commands.calibrate),
                outcome.clear.eq(commands.clear),
                registers[Register.PULSES, "value"].eq(outcome.pulses),
                registers[Register.FAILED, "value"].eq(outcome.failures),
            ]

    def _connect_fields(self, m: Module, registers: RegisterFile) -> None:
        """Connect the fields of the registers to the ports."""
        seed = [registers[Register.SEED_LOW, "seed"]]
        if self._config.random.lfsr_width > WORD_WIDTH:
            seed.append(registers[Register.SEED_HIGH, "seed"])
        m.d.comb += [
            self.enable.eq(registers[Register.CONTROL, "enable"]),
            self.send_logits.eq(registers[Register.STREAMS, "logits"]),
            self.passes.eq(registers[Register.PASSES, "passes"]),
            self.seed.eq(Cat(seed)),
            registers[Register.ERRORS, "short_packet"].eq(self.short_packet),
            registers[Register.ERRORS, "long_packet"].eq(self.long_packet),
            *(code.eq(registers[f"CODE_{layer}", "code"]) for layer, code in enumerate(self.codes)),
        ]
        if self._config.passes_weighted:
            m.d.comb += self.exact.eq(registers[Register.EXACT, "exact"])
        if self._config.measures is not None:
            m.d.comb += [
                self.measure.eq(registers[Register.UNKNOWN, "measure"]),
                self.threshold.eq(registers[Register.UNKNOWN, "threshold"]),
            ]
        if self._config.self_test is not None:
            self._connect_self_test(m, registers)

    def _connect_interrupts(self, m: Module, registers: RegisterFile) -> None:
        """Connect the events, their flags and mask, and the line."""
        m.submodules.interrupts = interrupts = Interrupts(self._config)
        m.d.comb += [
            interrupts.errors.eq(registers.fields(Register.ERRORS)),
            interrupts.done.eq(self.done),
            registers.fields(Register.INTERRUPTS).eq(interrupts.events),
            interrupts.pending.eq(registers.flags(Register.INTERRUPTS)),
            interrupts.enabled.eq(registers.fields(Register.INTERRUPT_ENABLE)),
            self.irq.eq(interrupts.irq),
        ]
        if self._config.self_test is not None:
            port = self.self_test
            several = len(self._config.stochastic.watched) > 1
            m.d.comb += interrupts.alarms.eq(port.alarms if several else port.stuck | port.out_of_bounds)

    def _connect_self_test(self, m: Module, registers: RegisterFile) -> None:
        """Connect the limits of the self-test, and its findings."""
        port = self.self_test
        if self._config.stochastic.mask_width:
            m.d.comb += port.select.eq(registers[Register.SELF_TEST_SELECT, "select"])
        if len(self._config.stochastic.watched) > 1:
            m.d.comb += [
                port.unit.eq(registers[Register.SELF_TEST_UNIT, "unit"]),
                registers[Register.SELF_TEST_ALARMS, "alarms"].eq(port.alarms),
            ]
        m.d.comb += [
            port.bound.eq(registers[Register.SELF_TEST_BOUND, "bound"]),
            port.drop_run.eq(registers[Register.SELF_TEST_RUNS, "drop_run"]),
            port.keep_run.eq(registers[Register.SELF_TEST_RUNS, "keep_run"]),
            registers[Register.SELF_TEST_DRAWS, "value"].eq(port.draws),
            registers[Register.SELF_TEST_DROPS, "value"].eq(port.drops),
            registers[Register.SELF_TEST_DEVIATION, "value"].eq(port.deviation),
        ]
        for name in ("stuck", "out_of_bounds", "complete"):
            m.d.comb += registers[Register.SELF_TEST, name].eq(getattr(port, name))
