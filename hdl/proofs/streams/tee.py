"""Proofs of the stream fork."""

from collections.abc import Iterator

from amaranth import Const, Module, Mux, Signal, unsigned
from amaranth.hdl import Assert, Assume, Cover

from ...streams import Tee
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

_WIDTH = 8


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.streams.Tee`."""
    yield Proof(
        block="tee",
        name="both",
        claim="each reader gets each beat once, unchanged and in order, and the first none while it is left out; a "
        "beat "
        "is taken when both have it, and at once then; both streams keep valid and payload until taken",
        sizes=f"{_WIDTH} bits",
        method=Method.INDUCTION,
        bench=lambda: Bench(Tee(unsigned(_WIDTH)), _both),
    )


def _both(m: Module, dut: Tee, internals: Internals) -> None:
    assume_kept(m, dut.i)
    waited = past(m, dut.i.valid & ~dut.i.ready)
    m.d.comb += Assume(implies(waited, dut.only_second == past(m, dut.only_second)))
    have = []
    for name, wanted in (("first", ~dut.only_second), ("second", Const(1, 1))):
        branch = getattr(dut, name)
        claim_kept(m, branch)
        # Whether this reader has taken the beat before this cycle.
        had = Signal(name=f"{name}_had")
        with m.If(dut.i.valid):
            m.d.sync += had.eq(Mux(dut.i.ready, 0, had | transferred(branch) | ~wanted))
        m.d.comb += [
            Assert(branch.valid == (dut.i.valid & ~had & wanted)),
            Assert(implies(branch.valid, branch.payload == dut.i.payload)),
            # Inductive invariants.
            Assert(internals.signal(f"{name}_served") == had),
            Assert(implies(had, dut.i.valid)),
            Cover(transferred(dut.i) & had),
        ]
        have.append(had | branch.ready | ~wanted)
    m.d.comb += Assert(implies(dut.i.valid, dut.i.ready == (have[0] & have[1])))
