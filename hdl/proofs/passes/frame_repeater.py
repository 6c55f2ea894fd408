"""Proofs of the frame repeater."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...config import CoreConfig
from ...config.geometries import geometry
from ...passes import FrameRepeater
from ..bench import Bench
from ..claims import any_constant, assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.passes.FrameRepeater`."""
    for config in (geometry("images"), geometry("strides")):
        yield Proof(
            block="frame_repeater",
            name=config.name,
            claim="the counts of an image are sent once per pass, all positions in order, unchanged, each time with "
            "the next mask, of which every pass takes one, and `last` on the final pass; counts take the place of "
            "others only once those were sent for the last time; the stream keeps valid and payload until taken",
            sizes=f"`{config.name}`: {config.layers[0].vectors} positions, any number of passes up to "
            f"{config.bayes.max_passes}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                FrameRepeater(config), lambda m, dut, internals: _passes(config, m, dut, internals)
            ),
            cover_depth=3 * config.layers[0].vectors + 4,
            fast=config is geometry("strides"),
        )


def _passes(config: CoreConfig, m: Module, dut: FrameRepeater, internals: Internals) -> None:
    assume_kept(m, dut.i)
    assume_kept(m, dut.mask)
    claim_kept(m, dut.o)
    count = config.layers[0].vectors
    taken, sent = transferred(dut.i), transferred(dut.o)

    # Position and pass that are sent next. The offered position precedes them.
    position, number = Signal(range(count + 1)), Signal(config.passes_width, init=1)
    issue = internals.signal("issue")
    final = number == dut.passes
    ends = position == count - 1
    with m.If(issue):
        m.d.sync += position.eq(Mux(ends, 0, position + 1))
        with m.If(ends):
            m.d.sync += number.eq(Mux(final, 1, number + 1))
    waiting, last, given = Signal(), Signal(), Signal(range(count + 1))
    mask, masked = Signal(config.stochastic.mask_width), Signal(config.stochastic.mask_width)
    m.d.comb += masked.eq(Mux(position == 0, dut.mask.payload, mask))
    m.d.sync += waiting.eq(Mux(issue, 1, waiting & ~dut.o.ready))
    with m.If(issue):
        m.d.sync += [last.eq(final), given.eq(position), mask.eq(masked)]

    # Assumptions: passes change only while the block is empty, and are valid a cycle before the first counts.
    write, ahead = internals.signal("write"), internals.signal("ahead")
    empty = ~ahead & (write == 0)
    before = past(m, dut.passes)
    m.d.comb += [
        Assume(dut.passes != 0),
        Assume(dut.passes <= config.bayes.max_passes),
        Assume(implies(dut.i.valid | ~empty, dut.passes == before)),
    ]

    # An arbitrary position: its counts, and whether those taken last are still to be sent.
    chosen = any_constant(m, range(max(2, count)), count)
    takes = taken & (write == chosen)
    issues = issue & (position == chosen)
    there = Signal()
    kept = Signal(dut.i.p.planes.as_value().shape(), reset_less=True)
    expected = Signal.like(kept)
    m.d.sync += there.eq(Mux(takes, 1, there & ~(issues & final)))
    with m.If(takes):
        m.d.sync += kept.eq(dut.i.p.planes.as_value())
    with m.If(issues):
        m.d.sync += expected.eq(kept)
    m.d.comb += [
        # No counts are sent before they are valid, and none are lost.
        Assert(implies(issues, there)),
        Assert(implies(takes, ~there)),
        Assert(dut.o.valid == waiting),
        Assert(dut.o.p.tag.last == last),
        Assert(dut.o.p.tag.mask == mask),
        Assert(implies(waiting & (given == chosen), dut.o.p.planes.as_value() == expected)),
        Assert(implies(issue, ~waiting | sent)),
        Assert(transferred(dut.mask) == (issue & (position == 0))),
        Assert(implies(dut.mask.ready, dut.demand)),
        Cover(sent & (given == chosen) & last & (dut.passes == 2) & (chosen == count - 1)),
        Cover(sent & (given == chosen) & last & (dut.passes == 1)),
        # The next image arrives while this one is sent for the last time.
        Cover(taken & ahead & (chosen == 0) & there),
        # Inductive invariants.
        Assert(position < count),
        Assert(write < count),
        Assert(internals.signal("read") == position),
        Assert(internals["counter"].signal("number") == number),
        Assert(internals["counter"].signal("last") == (number == before)),
        Assert(number != 0),
        Assert(implies(number != 1, ahead & (number <= before))),
        Assert(implies(~ahead, position <= write)),
        Assert(implies(ahead & (write != 0), (number == before) & (write <= position))),
        Assert(implies(position != 0, ~empty)),
        Assert(internals.word("counts", chosen) == kept),
    ]
    sent_last = (number == before) & (position > chosen)
    m.d.comb += Assert(there == Mux(ahead, (write > chosen) | ~sent_last, (write > chosen) & ~sent_last))
