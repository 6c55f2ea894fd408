"""Memory that reads a whole group of rows."""

from collections.abc import Sequence

from amaranth import Module, Mux, unsigned
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from ..streams import index_width, mux_tree

__all__ = ["RowStore"]


class RowStore(wiring.Component):
    """Row memory: group reads, single-row writes.

    One memory per line of a group, as wide as the rows, or one for all lines. A group that is read appears one cycle
    after ``read`` and stays until the next. A write comes before a read: nothing is read in its cycle.

    Parameters
    ----------
    groups, lines, cols : :class:`int`
        Number of groups, rows in a group, bits of a row.
    init : sequence of sequences of :class:`int`
        Initial contents as ``[group][line]``; zeros by default.
    joined : :class:`bool`
        Whether the lines are parts of the words of one memory. Where rows are narrow, as groups of columns are, several
        of them fill the words of a target's memory.

    Members
    -------
    read : :py:`In(1)`
        Read ``group``.
    write : :py:`In(1)`
        Write ``row`` to ``line`` of ``group``.
    group, line : :py:`In(…)`
        Address.
    row : :py:`In(cols)`
        Row to write.
    words : :py:`Out(cols).array(lines)`
        All lines of the group that was read.
    word : :py:`Out(cols)`
        The one of them at ``line``, combinationally.
    """

    def __init__(self, groups: int, lines: int, cols: int, *, init: Sequence[Sequence[int]] = (), joined: bool = False):
        for name, value in (("groups", groups), ("lines", lines), ("cols", cols)):
            if type(value) is not int or value < 1:
                raise ValueError(f"RowStore {name} must be a positive integer, not {value!r}")
        self._groups = groups
        self._lines = lines
        self._cols = cols
        self._init = init
        self._joined = joined
        super().__init__(
            {
                "read": In(1),
                "write": In(1),
                "group": In(index_width(groups)),
                "line": In(index_width(lines)),
                "row": In(cols),
                "words": Out(cols).array(lines),
                "word": Out(cols),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if self._joined:
            self._join(m)
            return m
        for line in range(self._lines):
            init = [group[line] for group in self._init]
            # A memory of one row would have a zero-width address.
            m.submodules[f"line_{line}"] = bank = memory.Memory(
                shape=unsigned(self._cols), depth=max(2, self._groups), init=init
            )
            reader, writer = bank.read_port(), bank.write_port()
            m.d.comb += [
                reader.addr.eq(self.group),
                # Never both at once: a block memory needs no bypass logic.
                reader.en.eq(self.read & ~self.write),
                self.words[line].eq(reader.data),
                writer.addr.eq(self.group),
                writer.en.eq(self.write & (self.line == line)),
                writer.data.eq(self.row),
            ]

        m.d.comb += self.word.eq(mux_tree(list(self.words), self.line))

        return m

    def _join(self, m: Module) -> None:
        """Keep all lines in one memory, whose parts are written one by one."""
        init = [sum(row << line * self._cols for line, row in enumerate(group)) for group in self._init]
        m.submodules.lines = lines = memory.Memory(
            shape=unsigned(self._lines * self._cols), depth=max(2, self._groups), init=init
        )
        reader, writer = lines.read_port(), lines.write_port(granularity=self._cols)
        m.d.comb += [
            reader.addr.eq(self.group),
            reader.en.eq(self.read & ~self.write),
            writer.addr.eq(self.group),
            writer.en.eq(Mux(self.write, 1 << self.line, 0)),
            writer.data.eq(self.row.replicate(self._lines)),
            *(word.eq(reader.data.word_select(line, self._cols)) for line, word in enumerate(self.words)),
            self.word.eq(mux_tree(list(self.words), self.line)),
        ]
