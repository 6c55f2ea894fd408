"""Proofs of the row buffer."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ...config import CoreConfig
from ...config.geometries import geometry
from ...contract import WORD_WIDTH, row_words
from ...rows import RowBuffer
from ..bench import Bench
from ..claims import counted, implies
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Columns: less than a word, three words, and three words and a bit.
_COLS = (2, 96, 97)


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.rows.RowBuffer`."""
    for cols in _COLS:
        array = geometry("two_passes").array.model_copy(update={"cols": cols})
        config = geometry("two_passes").model_copy(update={"array": array})
        words = row_words(config)
        yield Proof(
            block="row_buffer",
            name=f"cols_{cols}",
            claim="the window shows word after word and begins again after the last; a word that is replaced stays, "
            "the "
            "others do not change; a row that is loaded is the row",
            sizes=f"{cols} columns, {words} {'word' if words == 1 else 'words'}",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                RowBuffer(config), lambda m, dut, internals: _words(config, m, dut, internals)
            ),
            cover_depth=row_words(config) + 3,
        )


def _words(config: CoreConfig, m: Module, dut: RowBuffer, internals: Internals) -> None:
    count, cols = row_words(config), config.array.cols
    rotates = Signal()
    place = Signal(range(max(2, count)))
    m.d.comb += rotates.eq(dut.rotate & ~dut.load)
    m.d.sync += place.eq(Mux(dut.load, 0, Mux(rotates, Mux(place == count - 1, 0, place + 1), place)))

    # The words in order, and the one in the window.
    words = [Signal(WORD_WIDTH, name=f"word_{index}") for index in range(count)]
    kept = internals.signal("words")
    for index, word in enumerate(words):
        with m.If(dut.load):
            m.d.sync += word.eq(dut.loaded[index * WORD_WIDTH :])
        with m.Elif(rotates & dut.replace & (place == index)):
            m.d.sync += word.eq(dut.replacement)
        m.d.comb += Assert(implies(place == index, dut.word == word))
        begin, end = index * WORD_WIDTH, min((index + 1) * WORD_WIDTH, cols)
        m.d.comb += Assert(implies(place == 0, dut.row[begin:end] == word[: end - begin]))
        # Inductive invariant: the number of rotations of the word.
        for turned in range(count):
            at = (index - turned) % count
            m.d.comb += Assert(implies(place == turned, kept.word_select(at, WORD_WIDTH) == word))
    m.d.comb += Assert(place < count)
    replaced = counted(m, rotates & dut.replace, range(count + 2), clear=dut.load)
    m.d.comb += Cover((replaced == count) & (place == 0) & dut.row.all())
