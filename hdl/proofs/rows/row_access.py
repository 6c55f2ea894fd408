"""Proofs of row access."""

import itertools
from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...config.geometries import geometry
from ...rows import RowAccess
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.rows.RowAccess`."""
    for config, delay in ((geometry("two_passes"), 0), (geometry("padded_small"), 0), (geometry("padded_small"), 1)):
        layer = config.layers[0]
        sizes = {"tiles": layer.arrays, "groups": layer.array_groups, "lines": layer.rows_per_read}
        yield Proof(
            block="row_access",
            name=f"{config.name}_{delay}",
            claim="each command is answered once, two cycles after the block was idle and one more if its stores are "
            "late; it reads or writes one row once, never both, only while the block is idle and only one that exists; "
            "while it is open the block is held; the reply keeps valid and payload until taken",
            sizes=f"`{config.name}`: "
            + ", ".join(f"{count} {name}" for name, count in sizes.items())
            + (", late" if delay else ""),
            method=Method.INDUCTION,
            bench=lambda config=config, sizes=sizes, delay=delay: Bench(  # type: ignore[misc]
                RowAccess(config, **sizes, delay=delay),
                lambda m, dut, internals: _rows(sizes, delay, m, dut, internals),
            ),
        )


def _rows(sizes: dict[str, int], delay: int, m: Module, dut: RowAccess, internals: Internals) -> None:
    command, address = dut.command.p, dut.command.p.address
    assume_kept(m, dut.command)
    # A store shows the same words until the next read.
    words, reads = Cat(dut.words), [dut.read.any()]
    for _ in range(1 + delay):
        reads.append(past(m, reads[-1]))
    m.d.comb += Assume(implies(~reads[-1], words == past(m, words)))

    accesses = Signal(range(2 * sizes["tiles"] + 1))
    exists = Signal()
    m.d.comb += [
        accesses.eq(sum(Cat(dut.read, dut.write))),
        exists.eq(
            (address.tile < sizes["tiles"]) & (address.group < sizes["groups"]) & (address.line < sizes["lines"])
        ),
    ]
    # Whether the open command was executed.
    carried_out = Signal()
    m.d.sync += carried_out.eq(Mux(transferred(dut.command), 0, carried_out | (dut.command.valid & dut.idle)))
    # Cycles since then: those in which the stores fetch the row, then that of the reply.
    since = [carried_out]
    for _ in range(1 + delay):
        since.append(past(m, since[-1]) & carried_out)
    fetched = since[-1]

    claim_kept(m, dut.reply)
    m.d.comb += [
        Assert(accesses <= 1),
        Assert(~(dut.read.any() & dut.write.any())),
        Assert(accesses.any() == (dut.command.valid & ~carried_out & dut.idle & exists)),
        Assert(implies(dut.read.any(), ~command.write & (dut.read == 1 << address.tile))),
        Assert(implies(dut.write.any(), command.write & (dut.write == 1 << address.tile) & (dut.row == command.row))),
        Assert(implies(accesses.any(), (dut.group == address.group) & (dut.line == address.line))),
        Assert(dut.hold == dut.command.valid),
        Assert(dut.reply.valid == fetched),
        Assert(transferred(dut.command) == transferred(dut.reply)),
        Assert(implies(dut.reply.valid, dut.reply.p.error == ~exists)),
        Cover(transferred(dut.reply) & ~dut.reply.p.error & command.write),
        Cover(transferred(dut.reply) & ~dut.reply.p.error & ~command.write),
        Cover(transferred(dut.reply) & dut.reply.p.error),
        # Inductive invariants.
        Assert(internals.in_state("WAIT") == ~carried_out),
        Assert(internals.in_state("REPLY") == fetched),
        Assert(implies(carried_out, dut.command.valid)),
    ]
    for cycle, (begun, over) in enumerate(itertools.pairwise(since)):
        m.d.comb += Assert(internals.in_state(f"FETCH_{cycle}") == (begun & ~over))
        m.d.comb += Assert(implies(over, ~reads[1 + cycle]))
    for tile, word in enumerate(dut.words):
        shown = dut.reply.valid & (address.tile == tile)
        m.d.comb += Assert(implies(shown, dut.reply.p.row == word))
