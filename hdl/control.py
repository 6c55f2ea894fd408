"""Registers, and what they make the core do."""

import dataclasses

from amaranth import Cat, Const, Module, Mux, Signal, Value
from amaranth.hdl import ValueLike
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from .config import CoreConfig
from .layouts import RowCommand, RowReply, index_width
from .logit_correction import Correction
from .program import Program
from .registers import IDENTITY, VERSION, BusReply, BusRequest, Command, Register, code_register
from .row_buffer import RowBuffer

__all__ = ["Control"]


_WORD = 32


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Entry:
    """One register as the port sees it."""

    address: int
    value: ValueLike
    """What a read gives."""

    writable: ValueLike = 0
    """Whether the value of the request may be written now."""

    effects: tuple = ()
    """Assignments that a write makes, in the domain `sync`."""


class Control(wiring.Component):
    """Register port of the core; carries out its commands.

    One access at a time: its reply is there one cycle after the request was offered, or when the
    command it gave is done, and the request is taken with the reply. What each register does is told
    in :class:`Register`.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    program : :class:`Program`, optional
        Drop codes and seed after reset; by default the configuration's.

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
    passes : :py:`Out(passes_width)`
        Passes per input.
    codes : :py:`Out(draw_bits).array(mask_width)`
        Drop codes.
    load, seed : :py:`Out(…)`
        Start the random sequence again from ``seed``.
    command : :py:`Out(stream.Signature(RowCommand(config)))`
        Row commands.
    reply : :py:`In(stream.Signature(RowReply(config)))`
        Their answers.
    correction_write, correction_read, correction_index, correction_constants, correction_stored
        As in :class:`~hdl.logit_correction.LogitCorrection`.
    """

    def __init__(self, config: CoreConfig, program: Program | None = None):
        self._config = config
        self._codes = config.drop_codes if program is None else tuple(program.codes.tolist())
        seed = config.random.seed if program is None else program.seed
        super().__init__(
            {
                "request": In(stream.Signature(BusRequest())),
                "answer": Out(stream.Signature(BusReply())),
                "enable": Out(1, init=1),
                "started": In(1),
                "done": In(1),
                "passes": Out(config.passes_width, init=config.bayes.passes),
                "codes": Out(config.random.draw_bits).array(config.mask_width),
                "load": Out(1),
                "seed": Out(config.random.lfsr_width, init=seed),
                "command": Out(stream.Signature(RowCommand(config))),
                "reply": In(stream.Signature(RowReply(config))),
                "correction_write": Out(1),
                "correction_read": Out(1),
                "correction_index": Out(index_width(config.network.classes)),
                "correction_constants": Out(Correction(config)),
                "correction_stored": In(Correction(config)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        request, answer = self.request.p, self.answer.p
        m.submodules.buffer = buffer = RowBuffer(self._config)

        # Inputs between their start and their last result; every stage holds two at the most.
        in_flight = Signal(range(4 * len(self._config.layers) + 8))
        m.d.sync += in_flight.eq(in_flight + self.started - self.done)
        busy, running = Signal(), Signal()
        m.d.comb += [busy.eq(in_flight != 0), running.eq(self.enable | busy)]

        # Plain registers.
        address = Signal.like(self.command.p.address)
        constants = Signal(Correction(self._config))
        verify_failed = Signal()
        access, allowed = Signal(), Signal()
        value = Signal.like(answer.data)
        entries = [
            *self._status(busy, verify_failed),
            *self._sampling(m, running),
            *self._address(address),
            *self._correction(constants),
            _Entry(address=Register.DATA, value=buffer.word, writable=1),
        ]
        command = Signal()
        m.d.comb += command.eq(request.address == Register.COMMAND)
        with m.Switch(request.address):
            for entry in entries:
                with m.Case(entry.address):
                    m.d.comb += [value.eq(entry.value), allowed.eq(~request.write | entry.writable)]
                    with m.If(access & request.write & entry.writable):
                        m.d.sync += entry.effects
        m.d.comb += [
            buffer.rotate.eq(access & (request.address == Register.DATA)),
            buffer.replace.eq(request.write),
            buffer.replacement.eq(request.data),
        ]

        # Commands. Some of them wait for an answer of the block that carries them out.
        to_row, to_correction = Signal(), Signal()
        with m.If(command & request.write & ~running), m.Switch(request.data):
            with m.Case(Command.RESEED):
                m.d.comb += [allowed.eq(self.seed.any()), self.load.eq(access & allowed)]
            with m.Case(Command.PROGRAM, Command.READ, Command.VERIFY):
                m.d.comb += [allowed.eq(1), to_row.eq(1)]
            with m.Case(Command.STORE_CORRECTION):
                m.d.comb += [allowed.eq(1), self.correction_write.eq(access)]
            with m.Case(Command.FETCH_CORRECTION):
                m.d.comb += [allowed.eq(1), to_correction.eq(1), self.correction_read.eq(access)]
        m.d.comb += [
            self.command.p.address.eq(address),
            self.command.p.write.eq(request.data == Command.PROGRAM),
            self.command.p.row.eq(buffer.row),
            self.correction_constants.eq(constants),
            buffer.loaded.eq(self.reply.p.row),
        ]

        # The request stays where it is until its answer is taken.
        with m.FSM():
            with m.State("ACCESS"), m.If(self.request.valid):
                m.d.comb += access.eq(1)
                m.d.sync += [answer.error.eq(~allowed), answer.data.eq(Mux(request.write, 0, value))]
                m.next = "ANSWER"
                with m.If(to_row):
                    m.next = "ROW"
                with m.Elif(to_correction):
                    m.next = "CORRECTION"
            with m.State("ROW"):
                m.d.comb += [self.command.valid.eq(1), self.reply.ready.eq(1)]
                with m.If(self.reply.valid):
                    m.d.sync += answer.error.eq(self.reply.p.error)
                    m.next = "ANSWER"
                with m.If(self.reply.valid & ~self.reply.p.error):
                    m.d.comb += buffer.load.eq(request.data == Command.READ)
                    with m.If((request.data == Command.VERIFY) & (self.reply.p.row != buffer.row)):
                        m.d.sync += verify_failed.eq(1)
            with m.State("CORRECTION"):
                m.d.sync += constants.eq(self.correction_stored)
                m.next = "ANSWER"
            with m.State("ANSWER"):
                m.d.comb += self.answer.valid.eq(1)
                with m.If(self.answer.ready):
                    m.d.comb += self.request.ready.eq(1)
                    m.next = "ACCESS"

        return m

    def _status(self, busy: Signal, verify_failed: Signal) -> list[_Entry]:
        value = self.request.p.data
        clear = (verify_failed.eq(verify_failed & ~value[1]),)
        return [
            _Entry(address=Register.IDENTITY, value=IDENTITY),
            _Entry(address=Register.VERSION, value=VERSION),
            _Entry(address=Register.CONFIG_HASH, value=int(self._config.hash[:8], 16)),
            _Entry(address=Register.STATUS, value=Cat(busy, verify_failed), writable=1, effects=clear),
            _Entry(address=Register.CONTROL, value=self.enable, writable=value < 2, effects=(self.enable.eq(value),)),
        ]

    def _sampling(self, m: Module, running: Signal) -> list[_Entry]:
        config = self._config
        value = self.request.p.data
        low, high = self.seed[:_WORD], self.seed[_WORD:]
        entries = [
            _Entry(
                address=Register.PASSES,
                value=self.passes,
                writable=~running & (value != 0) & (value <= config.bayes.max_passes),
                effects=(self.passes.eq(value),),
            ),
            _Entry(
                address=Register.SEED_LOW,
                value=low,
                writable=~value[len(low) :].any(),
                effects=(low.eq(value),),
            ),
            _Entry(
                address=Register.SEED_HIGH,
                value=high,
                writable=~value[len(high) :].any(),
                effects=(high.eq(value),),
            ),
        ]
        for layer, init in enumerate(self._codes):
            code = Signal(config.random.draw_bits, init=init, name=f"code_{layer}")
            m.d.comb += self.codes[layer].eq(code)
            entries.append(
                _Entry(
                    address=code_register(layer),
                    value=code,
                    writable=~running & ~value[len(code) :].any(),
                    effects=(code.eq(value),),
                )
            )
        return entries

    def _address(self, address: data.View) -> list[_Entry]:
        value = self.request.p.data
        target = Cat(_padded(address.tile, 16), _padded(address.layer, 8), address.thresholds)
        place = Cat(_padded(address.group, 16), _padded(address.line, 16))
        return [
            _Entry(
                address=Register.TARGET,
                value=target,
                writable=~value[:16][len(address.tile) :].any()
                & ~value[16:24][len(address.layer) :].any()
                & ~value[25:].any(),
                effects=(
                    address.tile.eq(value[:16]),
                    address.layer.eq(value[16:24]),
                    address.thresholds.eq(value[24]),
                ),
            ),
            _Entry(
                address=Register.ROW,
                value=place,
                writable=~value[:16][len(address.group) :].any() & ~value[16:][len(address.line) :].any(),
                effects=(address.group.eq(value[:16]), address.line.eq(value[16:])),
            ),
        ]

    def _correction(self, constants: data.View) -> list[_Entry]:
        config = self._config
        value = self.request.p.data
        return [
            _Entry(
                address=Register.CLASS,
                value=self.correction_index,
                writable=value < config.network.classes,
                effects=(self.correction_index.eq(value),),
            ),
            _Entry(
                address=Register.GAIN,
                value=_extended(constants.gain),
                writable=_fits(value, constants.gain),
                effects=(constants.gain.eq(value),),
            ),
            _Entry(
                address=Register.OFFSET,
                value=_extended(constants.offset),
                writable=_fits(value, constants.offset),
                effects=(constants.offset.eq(value),),
            ),
            _Entry(
                address=Register.SHIFT,
                value=constants.shift,
                writable=value <= config.logits.max_shift,
                effects=(constants.shift.eq(value),),
            ),
        ]


def _padded(field: Value, width: int) -> Value:
    """Widen an unsigned field with zeros."""
    return Cat(field, Const(0, width - len(field)))


def _extended(field: Value) -> Value:
    """Widen a signed field to a word."""
    return Cat(field, field[-1].replicate(_WORD - len(field)))


def _fits(value: Value, field: Value) -> Value:
    """Tell whether a word holds a number that a signed field can hold."""
    high = value[len(field) - 1 :]
    return high.all() | ~high.any()
