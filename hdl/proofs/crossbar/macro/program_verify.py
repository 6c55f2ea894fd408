"""Proofs of program-and-verify."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ....config import CoreConfig
from ....config.geometries import variant
from ....crossbar.macro import ProgramVerify
from ...bench import Bench
from ...claims import implies, past
from ...counting import count_ones
from ...internals import Internals
from ...proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.crossbar.macro.ProgramVerify`."""
    for pulses, tolerance, delay in ((1, 0, 0), (3, 1, 0), (3, 1, 1)):
        config = variant("macro_tiles", f"macro_pulses_{pulses}", macro={"max_pulses": pulses, "tolerance": tolerance})
        yield Proof(
            block="program_verify",
            name=f"pulses_{pulses}_{delay}",
            claim="a row gets one pulse or more and never more than the limit, each followed by one verify read; "
            "neither is given while the macro is busy; a pulse goes to the columns that were outside the tolerance in "
            "every verify read before; it ends only when there are none of these or the limit is reached; pulses and "
            "failed cells are counted",
            sizes=f"{config.array.cols} columns, {config.layers[0].weight_bits} bits, tolerance {tolerance}, "
            f"{pulses} {'pulse' if pulses == 1 else 'pulses'}" + (", late" if delay else ""),
            method=Method.INDUCTION,
            bench=lambda config=config, delay=delay: Bench(  # type: ignore[misc]
                ProgramVerify(config, delay=delay),
                lambda m, dut, internals: _programmed(config, delay, m, dut, internals),
            ),
            cover_depth=26,
        )


def _programmed(config: CoreConfig, delay: int, m: Module, dut: ProgramVerify, internals: Internals) -> None:
    settings = config.macro
    if settings is None:
        raise ValueError("config must have a section macro, not none")
    most, cols = settings.max_pulses, config.array.cols

    # It is started only after the end, and its target is stable; a macro is busy after pulses only.
    running = Signal()
    m.d.sync += running.eq((running | dut.start) & ~dut.done)
    target = Cat(dut.target)
    since = [dut.pulse]
    for _ in range(1 + delay):
        since.append(past(m, since[-1]))
    heard = Signal()
    m.d.sync += heard.eq(since[delay] | (heard & dut.busy))
    m.d.comb += [
        Assume(implies(dut.start, ~running)),
        Assume(implies(running, target == past(m, target))),
        Assume(implies(dut.busy, heard)),
    ]

    # Verify reads in flight, their findings, and the result.
    sensing = [dut.verify]
    for _ in range(1 + delay):
        sensing.append(past(m, sensing[-1]))
    given, pulses = Signal(range(most + 1)), Signal.like(dut.pulses)
    outside = Signal(cols)
    ones = count_ones(m, list(outside))
    found = Signal(cols)
    for column in range(cols):
        wanted, sensed = (Cat(plane[column] for plane in planes) for planes in (dut.target, dut.sensed))
        far = Mux(wanted > sensed, wanted - sensed, sensed - wanted) > settings.tolerance
        m.d.comb += found[column].eq(far)
    unverified = Signal()
    m.d.sync += unverified.eq(dut.pulse | (unverified & ~sensing[-1]))
    with m.If(dut.start & ~running):
        m.d.sync += [given.eq(0), pulses.eq(0), outside.eq((1 << cols) - 1)]
    with m.Else():
        with m.If(dut.pulse):
            m.d.sync += [given.eq(given + 1), pulses.eq(pulses + ones)]
        with m.If(sensing[-1]):
            m.d.sync += outside.eq(outside & found)

    reading = Cat(sensing[1:]).any()
    m.d.comb += [
        Assert(implies(dut.pulse | dut.verify | dut.done, running)),
        Assert(dut.pulse + dut.verify + dut.done <= 1),
        Assert(implies(dut.pulse, (given < most) & ~unverified & ~dut.busy)),
        Assert(implies(dut.pulse, (dut.columns == outside) & outside.any())),
        Assert(implies(dut.verify, unverified & ~reading & ~dut.busy & ~Cat(since[1:]).any())),
        Assert(implies(dut.done, ~unverified & (given != 0) & (~outside.any() | (given == most)))),
        Assert(implies(dut.done, (dut.pulses == pulses) & (dut.failed == ones))),
        Cover(dut.done & (dut.failed == 0)),
        Cover(dut.done & (dut.failed == cols) & (given == most)),
        Cover(dut.busy),
        # Inductive invariants.
        Assert(running == ~internals.in_state("IDLE")),
        Assert(implies(running, internals.signal("given") == given)),
        Assert(implies(running, dut.columns == outside)),
        Assert(implies(running, dut.pulses == pulses)),
        Assert(dut.pulse == internals.in_state("PULSE")),
        Assert(implies(internals.in_state("PULSE") | internals.in_state("JUDGE"), ~unverified & ~reading)),
        Assert(implies(internals.in_state("PULSE"), (given < most) & outside.any() & ~heard)),
        Assert(implies(~running, ~unverified & ~reading & ~heard & ~dut.busy)),
        Assert(implies(internals.in_state("VERIFY"), unverified & ~reading & ~Cat(since[1:]).any())),
        Assert(implies(internals.in_state("VERIFY") & ~internals.signal("still"), ~heard)),
        Assert(implies(internals.in_state("JUDGE"), (given != 0) & ~heard)),
        Assert(implies(running & ~internals.in_state("PULSE"), given != 0)),
        Assert(given <= most),
        Assert(pulses <= cols * given),
    ]
    for cycle in range(1 + delay):
        state = internals.in_state(f"SENSE_{cycle}")
        m.d.comb += Assert(state == sensing[1 + cycle])
        m.d.comb += Assert(implies(state, unverified & ~heard & ~Cat(since[1:]).any()))
    for cycle in range(1 + delay):
        m.d.comb += Assert(internals.in_state(f"PULSED_{cycle}") == since[1 + cycle])
        m.d.comb += Assert(implies(since[1 + cycle], unverified & ~reading))
