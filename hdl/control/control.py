"""Register port, and the commands that it gives."""

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig, Measure
from ..contract.program import Program
from ..contract.register_map import register_map
from ..contract.registers import WORD_WIDTH, Command, Register
from ..results.logit_correction import Correction
from ..rows.row_buffer import RowBuffer
from ..stochastic.self_test_bank import SelfTestBankPort
from ..streams.layouts import RowCommand, RowReply, index_width
from .bus import BusReply, BusRequest
from .counters import Counters
from .register_file import RegisterFile

__all__ = ["Control"]

_BYTE = 8

#: Stages that hold inputs beside the layers.
_STAGES, _PREDICTIVE_STAGES = 4, 6


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
    codes : :py:`Out(draw_bits).array(len(drop_codes))`
        Drop codes.
    load, unit, seed : :py:`Out(…)`
        Restart the random sequence of stochastic unit ``unit`` from ``seed``.
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
                "codes": Out(config.random.draw_bits).array(len(config.stochastic.drop_codes)),
                "load": Out(1),
                "unit": Out(index_width(max(config.stochastic.units, 1))),
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
        request, answer = self.request.p, self.answer.p
        m.submodules.registers = registers = RegisterFile(self._registers)
        m.submodules.counters = counters = Counters()
        m.submodules.buffer = buffer = RowBuffer(self._config)
        row = Signal(self._config.array.cols)
        self._connect(m, registers, counters, buffer, row)

        # Inputs between their start and their last result; every stage holds at most two.
        stages = 2 * len(self._config.layers) + (_STAGES if self._config.measures is None else _PREDICTIVE_STAGES)
        in_flight = Signal(range(2 * stages))
        busy, running, started = Signal(), Signal(), Signal()
        m.d.sync += [started.eq(self.started), in_flight.eq(in_flight + started - self.done)]
        m.d.comb += [busy.eq(started | (in_flight != 0)), running.eq(self.enable | busy)]
        m.d.comb += [counters.busy.eq(busy), counters.done.eq(self.done)]
        m.d.comb += [registers[Register.STATUS, "busy"].eq(busy), registers.running.eq(running)]

        # One step of an access a cycle: look up, merge the bytes, check, act. The request stays stable until
        # its answer is taken.
        value = registers.value
        writes, is_command = Signal(), Signal()
        exists, readable, allowed = Signal(), Signal(), Signal()
        current = Signal(WORD_WIDTH)
        act, to_row, to_correction, differs = Signal(), Signal(), Signal(), Signal()
        m.d.comb += [
            registers.address.eq(request.address),
            writes.eq(request.write & request.strobe.any()),
            is_command.eq(_is(request.address, Register.COMMAND)),
            registers[Register.ERRORS, "verify"].eq(differs),
        ]
        m.d.sync += differs.eq(0)
        failed, pulses, failures = Signal(), Signal(WORD_WIDTH), Signal(WORD_WIDTH)
        if self._config.macro is not None:
            m.d.comb += [
                registers[Register.PULSES, "value"].eq(pulses),
                registers[Register.FAILED, "value"].eq(failures),
            ]
        with m.FSM():
            with m.State("LOOK UP"), m.If(self.request.valid):
                m.d.sync += [exists.eq(registers.exists), readable.eq(registers.readable)]
                m.d.sync += [current.eq(registers.current), value.eq(Mux(registers.keeps, registers.current, 0))]
                m.d.comb += counters.keep.eq(~request.write & _is(request.address, Register.CYCLES_LOW))
                m.next = "MERGE"
            with m.State("MERGE"):
                for index, written in enumerate(request.strobe):
                    with m.If(written):
                        m.d.sync += value.word_select(index, _BYTE).eq(request.data.word_select(index, _BYTE))
                m.next = "JUDGE"
            with m.State("JUDGE"):
                senseless = is_command & (value == Command.RESEED) & ~self.seed.any()
                m.d.sync += allowed.eq(
                    Mux(writes, registers.writable & ~senseless, Mux(request.write, exists, readable))
                )
                m.next = "ACT"
            with m.State("ACT"):
                m.d.comb += act.eq(allowed)
                m.d.sync += [answer.error.eq(~allowed), answer.data.eq(Mux(request.write | ~allowed, 0, current))]
                m.next = "ANSWER"
                with m.If(to_row):
                    m.next = "ROW"
                with m.Elif(to_correction):
                    m.next = "CORRECTION"
            with m.State("ROW"):
                m.d.comb += [self.command.valid.eq(1), self.reply.ready.eq(1)]
                m.d.sync += [answer.error.eq(self.reply.p.error), row.eq(self.reply.p.row)]
                with m.If(self.reply.valid):
                    m.next = "ROW DONE"
                if self._config.macro is not None:
                    m.d.sync += failed.eq(self.reply.p.failed.any())
                    with m.If(self.reply.valid):
                        m.d.sync += [
                            pulses.eq(pulses + self.reply.p.pulses),
                            failures.eq(failures + self.reply.p.failed),
                        ]
            with m.State("ROW DONE"):
                m.d.comb += buffer.load.eq((value == Command.READ) & ~answer.error)
                differ = (value == Command.VERIFY) & ~answer.error & (row != buffer.row)
                m.d.sync += differs.eq(differ if self._config.macro is None else differ | failed)
                m.next = "ANSWER"
            with m.State("CORRECTION"):
                m.next = "CORRECTION DONE"
            with m.State("CORRECTION DONE"):
                m.d.comb += registers.load.eq(1)
                m.next = "ANSWER"
            with m.State("ANSWER"):
                m.d.comb += self.answer.valid.eq(1)
                with m.If(self.answer.ready):
                    m.d.comb += [self.request.ready.eq(1), registers[Register.ERRORS, "refused"].eq(answer.error)]
                    m.next = "LOOK UP"

        # Commands. Some of them wait for an answer of the block that executes them. Outputs of the block are
        # registered.
        m.d.sync += [self.load.eq(0), self.correction_write.eq(0), self.correction_read.eq(0)]
        if self._config.self_test is not None:
            m.d.sync += self.self_test.clear.eq(0)
        calibrates = [Command.CALIBRATE] if self._config.macro is not None else []
        with m.If(act & writes & is_command), m.Switch(value):
            with m.Case(Command.RESEED):
                m.d.sync += self.load.eq(1)
            with m.Case(Command.PROGRAM, Command.READ, Command.VERIFY, *calibrates):
                m.d.comb += to_row.eq(1)
            with m.Case(Command.STORE_CORRECTION):
                m.d.sync += self.correction_write.eq(1)
            with m.Case(Command.FETCH_CORRECTION):
                m.d.comb += to_correction.eq(1)
                m.d.sync += self.correction_read.eq(1)
            with m.Case(Command.CLEAR_COUNTERS):
                m.d.comb += counters.clear.eq(1)
                if self._config.self_test is not None:
                    m.d.sync += self.self_test.clear.eq(1)
                if self._config.macro is not None:
                    m.d.sync += [pulses.eq(0), failures.eq(0)]
        m.d.comb += [
            registers.write.eq(act & writes),
            buffer.rotate.eq(act & _is(request.address, Register.DATA) & (writes | ~request.write)),
            buffer.replace.eq(writes),
        ]
        m.d.sync += self.command.p.write.eq(value == Command.PROGRAM)
        if self._config.macro is not None:
            m.d.sync += self.command.p.calibrate.eq(value == Command.CALIBRATE)

        return m

    def _connect(self, m: Module, registers: RegisterFile, counters: Counters, buffer: RowBuffer, row: Signal) -> None:
        """Connect the fields of the registers to their users."""
        address, constants, stored = self.command.p.address, self.correction_constants, self.correction_stored
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
            registers[Register.INPUTS, "value"].eq(counters.inputs),
            registers[Register.CYCLES_LOW, "value"].eq(counters.low),
            registers[Register.CYCLES_HIGH, "value"].eq(counters.high),
            registers[Register.DATA, "word"].eq(buffer.word),
            address.tile.eq(registers[Register.TARGET, "tile"]),
            address.layer.eq(registers[Register.TARGET, "layer"]),
            address.thresholds.eq(registers[Register.TARGET, "thresholds"]),
            address.group.eq(registers[Register.ROW, "group"]),
            address.line.eq(registers[Register.ROW, "line"]),
            self.command.p.row.eq(buffer.row),
            buffer.replacement.eq(registers.value),
            buffer.loaded.eq(row),
            self.correction_index.eq(registers[Register.CLASS, "class_index"]),
            constants.gain.eq(registers[Register.GAIN, "gain"]),
            constants.offset.eq(registers[Register.OFFSET, "offset"]),
            constants.shift.eq(registers[Register.SHIFT, "shift"]),
            registers.loaded(Register.GAIN, "gain").eq(stored.gain),
            registers.loaded(Register.OFFSET, "offset").eq(stored.offset),
            registers.loaded(Register.SHIFT, "shift").eq(stored.shift),
        ]
        if self._config.passes_weighted:
            m.d.comb += self.exact.eq(registers[Register.EXACT, "exact"])
        if self._config.stochastic.units > 1:
            m.d.comb += self.unit.eq(registers[Register.UNIT, "unit"])
        if self._config.measures is not None:
            m.d.comb += [
                self.measure.eq(registers[Register.UNKNOWN, "measure"]),
                self.threshold.eq(registers[Register.UNKNOWN, "threshold"]),
            ]
        m.d.comb += [code.eq(registers[f"CODE_{layer}", "code"]) for layer, code in enumerate(self.codes)]
        if self._config.self_test is not None:
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


def _is(address: Value, register: Register) -> Value:
    """Return whether a byte address lies in a register."""
    return address[2:] == register >> 2
