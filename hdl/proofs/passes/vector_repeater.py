"""Proofs of the vector repeater."""

from collections.abc import Iterator

from amaranth import Module
from amaranth.hdl import Assert, Assume, Cover

from ...config.geometries import geometry
from ...passes import VectorRepeater
from ..bench import Bench
from ..claims import counted, implies, past
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.passes.VectorRepeater`."""
    config = geometry("drawn_tiles")
    yield Proof(
        block="vector_repeater",
        name="passes",
        claim="an input is read once per pass, every read being the input's own, with `last` on the final one, with "
        "which it is done",
        sizes=f"any number of passes up to {config.bayes.max_passes}",
        method=Method.INDUCTION,
        bench=lambda: Bench(VectorRepeater(config), _passes),
        cover_depth=6,
    )


def _passes(m: Module, dut: VectorRepeater, internals: Internals) -> None:
    m.d.comb += Assume(dut.passes != 0)
    # After a reset the past value is 0, which is no number of passes: there is no input then.
    before = past(m, dut.passes)
    done = dut.o.read & dut.o.done
    m.d.comb += [
        Assume(implies(dut.i.valid, dut.passes == before)),
        Assume(implies(dut.o.read, dut.o.valid)),
    ]
    taken = dut.i.read & dut.i.done
    made = counted(m, done, dut.passes.shape(), clear=taken)
    final = made == dut.passes - 1
    # An input stays until its last pass.
    m.d.comb += Assume(implies(made != 0, dut.i.valid))
    m.d.comb += [
        Assert(dut.o.valid == dut.i.valid),
        Assert(implies(dut.o.valid, dut.o.tag.last == final)),
        Assert(dut.i.read == dut.o.read),
        Assert(implies(dut.o.read, (dut.i.group == dut.o.group) & (dut.i.plane == dut.o.plane))),
        *(Assert(o == i) for o, i in zip(dut.o.bits, dut.i.bits, strict=True)),
        Assert(taken == (done & final)),
        # Inductive invariants.
        Assert(internals["counter"].signal("number") == made + 1),
        Assert(internals["counter"].signal("last") == (before == made + 1)),
        Assert(implies(made != 0, made < dut.passes)),
    ]
    several = counted(m, taken & (dut.passes != 1), 1)
    m.d.comb += [Cover(taken & (dut.passes == 3)), Cover(taken & (dut.passes == 1) & several)]
