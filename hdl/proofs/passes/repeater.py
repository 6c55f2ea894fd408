"""Proofs of the Monte-Carlo passes."""

from collections.abc import Iterator

from amaranth import Module
from amaranth.hdl import Assert, Assume, Cover

from ...config.geometries import geometry
from ...passes import Repeater
from ..bench import Bench
from ..claims import assume_kept, claim_kept, counted, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.passes.Repeater`."""
    for config in (geometry("padded_small"), geometry("tiny")):
        yield Proof(
            block="repeater",
            name=config.name,
            claim="an input is sent once per pass, unchanged, each time with the next mask, and `last` on the final "
            "one, with which it is taken; the stream keeps valid and payload until taken",
            sizes=f"`{config.name}`: any number of passes up to {config.bayes.max_passes}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(Repeater(config), _passes),  # type: ignore[misc]
            cover_depth=6,
            fast=config is geometry("padded_small"),
        )


def _passes(m: Module, dut: Repeater, internals: Internals) -> None:
    assume_kept(m, dut.i)
    assume_kept(m, dut.mask)
    m.d.comb += Assume(dut.passes != 0)
    # After a reset the past value is 0, which is no number of passes: there are no counts then.
    before = past(m, dut.passes)
    m.d.comb += Assume(implies(dut.i.valid, dut.passes == before))

    claim_kept(m, dut.o)
    sent = counted(m, transferred(dut.o), dut.passes.shape(), clear=transferred(dut.i))
    final = sent == dut.passes - 1
    m.d.comb += [
        Assert(dut.o.valid == (dut.i.valid & dut.mask.valid)),
        Assert(dut.demand == dut.i.valid),
        Assert(implies(dut.o.valid, dut.o.p.planes.as_value() == dut.i.p.planes.as_value())),
        Assert(implies(dut.o.valid, dut.o.p.tag.mask == dut.mask.payload)),
        Assert(implies(dut.o.valid, dut.o.p.tag.last == final)),
        Assert(transferred(dut.mask) == transferred(dut.o)),
        Assert(transferred(dut.i) == (transferred(dut.o) & final)),
        # Inductive invariants.
        Assert(internals["counter"].signal("number") == sent + 1),
        Assert(internals["counter"].signal("last") == (before == sent + 1)),
        Assert(implies(sent != 0, dut.i.valid & (sent < dut.passes))),
    ]
    # One pass, after an input with several.
    several = counted(m, transferred(dut.i) & (dut.passes != 1), 1)
    m.d.comb += [
        Cover(transferred(dut.i) & (dut.passes == 3)),
        Cover(transferred(dut.i) & (dut.passes == 1)),
        Cover(transferred(dut.i) & (dut.passes == 1) & several),
    ]
