"""Proofs of the row memory."""

from collections.abc import Iterator

from amaranth import Module, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...rows import RowStore
from ...streams import index_width
from ..bench import Bench
from ..claims import any_constant, implies, past
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Groups, lines and columns.
_SIZES = ((1, 2, 2), (4, 3, 5), (8, 2, 16))


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.rows.RowStore`."""
    for sizes in _SIZES:
        groups, lines, cols = sizes
        yield Proof(
            block="row_store",
            name="x".join(map(str, sizes)),
            claim="what is read is what was last written to the row, and stays until the next read; a write wins "
            "over a "
            "read and changes no other row",
            sizes=f"{groups} groups of {lines} rows of {cols} bits",
            method=Method.INDUCTION,
            bench=lambda sizes=sizes: Bench(  # type: ignore[misc]
                RowStore(*sizes), lambda m, dut, internals: _rows(sizes, m, dut, internals)
            ),
        )


def _rows(sizes: tuple[int, int, int], m: Module, dut: RowStore, internals: Internals) -> None:
    groups, lines, cols = sizes
    m.d.comb += [Assume(dut.group < groups), Assume(dut.line < lines)]

    # An arbitrary row as last written; a memory keeps its contents through a reset.
    group = any_constant(m, index_width(groups), groups)
    line = any_constant(m, index_width(lines), lines)
    row = Signal(cols, reset_less=True)
    with m.If(dut.write & (dut.group == group) & (dut.line == line)):
        m.d.sync += row.eq(dut.row)

    reads = dut.read & ~dut.write
    read, kept = past(m, reads & (dut.group == group)), past(m, ~reads)
    expected = past(m, row)
    for each, word in enumerate(dut.words):
        before = past(m, word)
        m.d.comb += [
            Assert(implies(read & (line == each), word == expected)),
            Assert(implies(kept, word == before)),
            Assert(implies(dut.line == each, dut.word == word)),
            Cover(read & (line == each) & word.all()),
            # Inductive invariants.
            Assert(implies(line == each, internals.word(f"line_{each}", group) == row)),
        ]
