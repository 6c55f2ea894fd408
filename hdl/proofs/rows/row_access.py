"""Proofs of row access."""

import itertools
from collections.abc import Iterator

from amaranth import Array, Cat, Module, Mux, Signal
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

    config = geometry("grouped_pairs")
    layer = config.layers[0]
    sizes = {"tiles": layer.arrays, "groups": layer.array_groups, "lines": layer.rows_per_read}
    for delay in (0, 1):
        yield Proof(
            block="row_access",
            name=f"{config.name}_{delay}",
            claim="the columns of a row are read or written group after group, each once, while the block is held; the "
            "reply follows the last and has the words of all of them in their places; it keeps valid and payload until "
            "taken",
            sizes=f"`{config.name}`: {layer.column_folds} groups of columns, "
            + ", ".join(f"{count} {name}" for name, count in sizes.items())
            + (", late" if delay else ""),
            method=Method.INDUCTION,
            bench=lambda sizes=sizes, delay=delay: Bench(  # type: ignore[misc]
                RowAccess(config, **sizes, delay=delay, folds=layer.column_folds),
                lambda m, dut, internals: _groups_of_columns(sizes, layer.column_folds, delay, m, dut, internals),
            ),
        )


def _groups_of_columns(
    sizes: dict[str, int], folds: int, delay: int, m: Module, dut: RowAccess, internals: Internals
) -> None:
    command, address = dut.command.p, dut.command.p.address
    assume_kept(m, dut.command)
    width = len(dut.row)

    # A command is open from the cycle that finds the block idle. Its groups of columns follow one another: a cycle of
    # access, and those in which the stores fetch.
    opened, answered = Signal(), Signal()
    column = Signal(range(folds + 1))
    phase = Signal(range(2 + delay))
    exists, access, last = Signal(), Signal(), Signal()
    m.d.comb += [
        exists.eq(
            (address.tile < sizes["tiles"]) & (address.group < sizes["groups"]) & (address.line < sizes["lines"])
        ),
        access.eq(Mux(opened, (phase == 0) & ~answered, dut.command.valid & dut.idle)),
        last.eq(phase == 1 + delay),
    ]
    collected = [Signal(width, name=f"collected_{index}") for index in range(folds)]
    with m.If(access):
        m.d.sync += [opened.eq(1), phase.eq(1)]
    with m.Elif(last):
        m.d.sync += [phase.eq(0), column.eq(column + 1), answered.eq(column == folds - 1)]
        for index, word in enumerate(collected):
            with m.If(column == index):
                m.d.sync += word.eq(Array(dut.words)[address.tile])
    with m.Elif(phase != 0):
        m.d.sync += phase.eq(phase + 1)
    with m.Elif(transferred(dut.command)):
        m.d.sync += [opened.eq(0), answered.eq(0), column.eq(0)]

    claim_kept(m, dut.reply)
    both = Cat(dut.read, dut.write)
    m.d.comb += [
        Assert(both.any() == (access & exists)),
        Assert(implies(both.any(), Mux(command.write, dut.write, dut.read) == 1 << address.tile)),
        Assert(implies(both.any(), (Mux(command.write, dut.read, dut.write) == 0) & (dut.column == column))),
        Assert(implies(dut.write.any(), dut.row == command.row.word_select(column[: len(dut.column)], width))),
        Assert(implies(both.any(), (dut.group == address.group) & (dut.line == address.line))),
        Assert(dut.hold == dut.command.valid),
        Assert(dut.reply.valid == answered),
        Assert(transferred(dut.command) == transferred(dut.reply)),
        Assert(implies(dut.reply.valid, dut.reply.p.error == ~exists)),
        Assert(implies(dut.reply.valid & exists, dut.reply.p.row == Cat(collected))),
        Cover(transferred(dut.reply) & ~dut.reply.p.error & command.write),
        Cover(transferred(dut.reply) & ~dut.reply.p.error & ~command.write),
        Cover(transferred(dut.reply) & dut.reply.p.error),
        # Inductive invariants.
        Assert(internals.in_state("WAIT") == ~opened),
        Assert(internals.in_state("AGAIN") == (opened & (phase == 0) & ~answered)),
        Assert(internals.in_state("REPLY") == answered),
        Assert(implies(opened, dut.command.valid)),
        Assert(implies(~opened, (phase == 0) & (column == 0) & ~answered)),
        Assert(implies(answered, (phase == 0) & (column == folds))),
        Assert(implies(~answered, column < folds)),
        Assert(phase <= 1 + delay),
        Assert(implies(opened & ~answered & (column == 0), phase != 0)),
        Assert(dut.column == Mux(answered, 0, column)),
    ]
    for cycle in range(1 + delay):
        m.d.comb += Assert(internals.in_state(f"FETCH_{cycle}") == (opened & (phase == cycle + 1)))
    for count in range(1, folds + 1):
        found = dut.reply.p.row[(folds - count) * width :]
        m.d.comb += Assert(implies(exists & (column == count), found == Cat(collected[:count])))


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
