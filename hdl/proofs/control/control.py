"""Proofs of the register port and its commands."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...config import CoreConfig
from ...config.geometries import geometry
from ...contract import Command, Register
from ...control import Control
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Steps of an access and the cycle of each, without waiting for other blocks.
_STEPS = {
    "LOOK UP": 0,
    "MERGE": 1,
    "JUDGE": 2,
    "ACT": 3,
    "ROW": 4,
    "ROW DONE": 5,
    "CORRECTION": 4,
    "CORRECTION DONE": 5,
}

#: Cycle of the answer, without and with a command that other blocks execute.
_ANSWER = (4, 6)


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.control.Control`."""
    for config in (geometry("two_passes"), geometry("tiny")):
        yield Proof(
            block="control",
            name=config.name,
            claim="each access is answered once and, waiting for others not counted, six cycles later at the latest, "
            "when the controller is idle again; it never gives two commands at once, and none but to a core that "
            "is disabled and idle; a row command writes where the access asked for that; passes, codes and "
            "streams do not change in another core; a seed that is loaded is not 0, and passes are in range; "
            "commands, and accesses that move the window on, are of whole words; the interrupt line is 1 in the "
            "cycle after a flag whose interrupt is enabled, and a flag is set by its event and cleared by a "
            "written 1 only; answers and row commands keep valid and payload until taken",
            sizes=f"`{config.name}`",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                Control(config), lambda m, dut, internals: _commands(config, m, dut, internals)
            ),
            depth=2,
            cover_depth=16,
            fast=config is geometry("two_passes"),
        )


def _commands(config: CoreConfig, m: Module, dut: Control, internals: Internals) -> None:
    # Inputs in the core. They are started while it is enabled, no more than there is room for, and each is done once;
    # a row command is taken with its reply.
    access, kept = internals["access"], internals["flight"].signal("in_flight")
    in_flight = Signal.like(kept)
    m.d.sync += in_flight.eq(in_flight + dut.started - dut.done)
    m.d.comb += [
        Assume(implies(dut.started, dut.enable & ~in_flight.all())),
        Assume(implies(dut.done, in_flight != 0)),
        Assume(implies(dut.reply.valid, dut.command.valid)),
        Assume(dut.command.ready == transferred(dut.reply)),
        # Inductive invariant: a start is counted a cycle later.
        Assert(kept + past(m, dut.started) == in_flight),
    ]
    for stream in (dut.request, dut.reply):
        assume_kept(m, stream)
    for stream in (dut.answer, dut.command):
        claim_kept(m, stream)

    # Cycles of the access, without waiting for the execution of a row command and for its answer to be taken.
    waits = (dut.command.valid & ~dut.reply.valid) | (dut.answer.valid & ~dut.answer.ready)
    age = Signal(range(_ANSWER[-1] + 2))
    answered = transferred(dut.answer)
    m.d.sync += age.eq(Mux(answered, 0, Mux(dut.request.valid & ~waits, age + 1, age)))
    m.d.comb += [
        Assert(transferred(dut.request) == answered),
        Assert(implies(dut.answer.valid, dut.request.valid)),
        Assert(age <= _ANSWER[-1]),
        Assert(implies(dut.answer.valid, age >= _ANSWER[0])),
        Assert(implies(past(m, answered), access.in_state("LOOK UP"))),
        Cover(answered & ~dut.answer.p.error),
        Cover(answered & dut.answer.p.error),
    ]

    commands = Cat(dut.command.valid, dut.load, dut.correction_write, dut.correction_read)
    running = dut.enable | (in_flight != 0)
    m.d.comb += [
        Assert((commands & (commands - 1)[: len(commands)]) == 0),
        Assert(implies(commands.any(), dut.request.valid & ~running)),
        Assert(implies(dut.load, dut.seed != 0)),
        Assert((dut.passes >= 1) & (dut.passes <= config.bayes.max_passes)),
        *(Cover(command) for command in commands),
        Cover(dut.command.valid & dut.command.p.write),
        Cover(transferred(dut.request) & running),
    ]
    _whole_words(m, dut, internals)
    _interrupts(m, dut, internals)
    fixed = Cat(dut.passes, dut.send_logits, *dut.codes)
    m.d.comb += Assert(implies(past(m, running), fixed == past(m, fixed)))
    # An access that was refused has given no command.
    now = Cat(dut.load, dut.correction_write, dut.correction_read).any()
    given = Signal()
    m.d.sync += given.eq(~answered & (given | now))
    m.d.comb += Assert(implies(given | now, ~dut.answer.p.error & (age >= _ANSWER[0]) & ~dut.command.valid))
    m.d.comb += Assert(implies(now, age == _ANSWER[0]))

    # A row command comes from a write to the register of commands, which keeps nothing.
    request, value = dut.request.p, access.signal("value")
    is_command = request.write & (request.address[2:] == Register.COMMAND >> 2)
    byte = len(request.data) // len(request.strobe)
    asked = Cat(Mux(written, request.data.word_select(index, byte), 0) for index, written in enumerate(request.strobe))
    m.d.comb += [
        Assert(implies(dut.command.valid, is_command & (dut.command.p.write == (asked == Command.PROGRAM)))),
        # Inductive invariants.
        Assert(implies(access.in_state("MERGE") & is_command, value == 0)),
        *(
            Assert(implies(access.in_state(state) & is_command, value == asked))
            for state in ("JUDGE", "ACT", "ROW", "ROW DONE")
        ),
    ]

    # Inductive invariants.
    for state, at in _STEPS.items():
        m.d.comb += Assert(implies(access.in_state(state), (age == at) & ~dut.answer.valid))
        if at:
            m.d.comb += Assert(implies(access.in_state(state), dut.request.valid))
    m.d.comb += Assert(access.in_state("ANSWER") == dut.answer.valid)
    m.d.comb += Assert(dut.command.valid == access.in_state("ROW"))
    # An access that was allowed is still allowed when it is done: nothing else changes its conditions.
    acts = access.in_state("ACT") & access.signal("allowed")
    writes = dut.request.p.write & dut.request.p.strobe.any()
    m.d.comb += Assert(implies(acts & writes, internals["registers"].signal("writable")))
    known = [access.in_state(state) for state in (*_STEPS, "ANSWER")]
    m.d.comb += Assert(Cat(known).any())


def _whole_words(m: Module, dut: Control, internals: Internals) -> None:
    """Claim that no part of a word has a side effect."""
    request, access = dut.request.p, internals["access"]
    acts = access.in_state("ACT") & access.signal("allowed")
    word = request.address[2:]
    acting = (word == Register.COMMAND >> 2) | (word == Register.DATA >> 2)
    part = request.address[:2].any() | (request.write & ~request.strobe.all())
    nothing = request.write & ~request.strobe.any()
    m.d.comb += [
        Assert(implies(acts & acting & part, nothing)),
        # Inductive invariants.
        *(
            Assert(implies(access.in_state(state), access.signal("partial") == (acting & part)))
            for state in ("MERGE", "JUDGE")
        ),
        Cover(acts & acting & ~part),
        Cover(acts & acting & nothing),
    ]


def _interrupts(m: Module, dut: Control, internals: Internals) -> None:
    """Claim the cause and the end of an interrupt."""
    registers, access = internals["registers"], internals["access"]
    written = access.signal("act") & access.signal("writes") & (dut.request.p.address[2:] == Register.INTERRUPTS >> 2)
    differs = internals["outcome"].signal("differs")
    error = access.signal("refused") | differs | dut.short_packet | dut.long_packet
    flags, enabled = [], []
    for bit, (name, event) in enumerate((("error", error), ("done", dut.done))):
        flag = registers.signal(f"interrupts_{name}_set")
        cleared = written & access.signal("value")[bit]
        m.d.comb += Assert(flag == past(m, event | (flag & ~cleared)))
        m.d.comb += Cover(past(m, flag) & ~flag)
        flags.append(flag)
        enabled.append(registers.signal(f"interrupt_enable_{name}"))
    m.d.comb += [
        Assert(dut.irq == past(m, (Cat(flags) & Cat(enabled)).any())),
        Cover(dut.irq),
    ]
