"""Proofs of the Monte-Carlo pass counter."""

from collections.abc import Iterator

from amaranth import Module
from amaranth.hdl import Assert, Assume, Cover

from ...config.geometries import geometry
from ...passes import PassCounter
from ..bench import Bench
from ..claims import counted, implies, past
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.passes.PassCounter`."""
    for config in (geometry("padded_small"), geometry("tiny")):
        yield Proof(
            block="pass_counter",
            name=config.name,
            claim="`last` in the last pass of each input and in no other, whatever the number of passes of the inputs",
            sizes=f"`{config.name}`: any number of passes up to {config.bayes.max_passes}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(PassCounter(config), _passes),  # type: ignore[misc]
            cover_depth=8,
        )


def _passes(m: Module, dut: PassCounter, internals: Internals) -> None:
    ends = dut.step & dut.last
    ended = counted(m, dut.step, dut.passes.shape(), clear=ends)
    # The past value is 0 after a reset, which is no number of passes: no pass ends then.
    before = past(m, dut.passes)
    m.d.comb += [
        Assume(dut.passes != 0),
        Assume(implies(dut.step | (ended != 0), dut.passes == before)),
        Assert(implies(dut.step, dut.last == (ended == dut.passes - 1))),
        # Inductive invariants.
        Assert(internals.signal("number") == ended + 1),
        Assert(dut.last == (before == ended + 1)),
        Assert(implies(ended != 0, ended < dut.passes)),
    ]
    several = counted(m, ends & (dut.passes != 1), 1)
    m.d.comb += [Cover(ends & (dut.passes == 3)), Cover(ends & (dut.passes == 1) & several)]
