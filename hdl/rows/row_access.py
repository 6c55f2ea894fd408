"""Programming and reading of rows between computations."""

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import RowCommand, RowReply, index_width

__all__ = ["RowAccess"]


class RowAccess(wiring.Component):
    """Executor of row commands on idle stores.

    A command waits until the block is idle, and holds it idle until the reply was taken. A program
    command writes in one cycle, a read command reads in one; the reply is valid ``2 + delay`` cycles later. Where
    stores keep the columns of a row in groups, those follow one another, ``2 + delay`` cycles each.
    Never reads and writes in the same cycle. A command for a row that does not exist does nothing and is
    answered with an error.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.
    tiles, groups, lines : :class:`int`
        Number of stores, groups in a store, rows in a group.
    delay : :class:`int`
        Read latency of the stores, in cycles beyond the first after ``read``.
    folds : :class:`int`
        Groups of columns of a row, each a word of a store.

    Members
    -------
    command : :py:`In(stream.Signature(RowCommand(config)))`
        Commands, each taken when its reply is.
    reply : :py:`Out(stream.Signature(RowReply(config)))`
        Replies in the order of their commands.
    idle : :py:`In(1)`
        The block is idle in this cycle.
    hold : :py:`Out(1)`
        The block must start nothing.
    read, write : :py:`Out(tiles)`
        Read or write the store of that bit.
    group, line : :py:`Out(…)`
        Address for the stores.
    column : :py:`Out(index_width(folds))`
        Group of columns. Only where there are several.
    row : :py:`Out(cols // folds)`
        Data for the stores: the columns of that group.
    words : :py:`In(cols // folds).array(tiles)`
        Row ``line`` of the group that each store has read.
    """

    def __init__(self, config: CoreConfig, *, tiles: int, groups: int, lines: int, delay: int = 0, folds: int = 1):
        self._tiles = tiles
        self._groups = groups
        self._lines = lines
        self._delay = delay
        self._folds = folds
        self._width = config.array.cols // folds
        super().__init__(
            {
                "command": In(stream.Signature(RowCommand(config))),
                "reply": Out(stream.Signature(RowReply(config))),
                "idle": In(1),
                "hold": Out(1),
                "read": Out(tiles),
                "write": Out(tiles),
                "group": Out(index_width(groups)),
                "line": Out(index_width(lines)),
                **({"column": Out(index_width(folds))} if folds > 1 else {}),
                "row": Out(self._width),
                "words": In(self._width).array(tiles),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        address = self.command.p.address

        exists = Signal()
        row = Signal.like(self.command.p.row)
        m.d.comb += [
            exists.eq((address.tile < self._tiles) & (address.group < self._groups) & (address.line < self._lines)),
            self.hold.eq(self.command.valid),
            self.group.eq(address.group),
            self.line.eq(address.line),
            self.row.eq(
                self.command.p.row.word_select(self.column, self._width) if self._folds > 1 else self.command.p.row
            ),
            self.reply.p.row.eq(row),
            self.reply.p.error.eq(~exists),
        ]
        # Registered: it fans out to all stores and then to all blocks.
        fetched = Signal()
        with m.Switch(address.tile):
            for tile, word in enumerate(self.words):
                with m.Case(tile):
                    if self._folds == 1:
                        m.d.sync += row.eq(word)
                    else:
                        with m.If(fetched):
                            m.d.sync += row.eq(Cat(row, word)[self._width :])

        with m.FSM():
            with m.State("WAIT"), m.If(self.command.valid & self.idle):
                self._start(m, exists)
            for cycle in range(1 + self._delay):
                with m.State(f"FETCH_{cycle}"):
                    m.next = "REPLY" if cycle == self._delay else f"FETCH_{cycle + 1}"
                    if cycle == self._delay and self._folds > 1:
                        m.d.comb += fetched.eq(1)
                        last = self.column == self._folds - 1
                        m.d.sync += self.column.eq(Mux(last, 0, self.column + 1))
                        with m.If(~last):
                            m.next = "AGAIN"
            if self._folds > 1:
                with m.State("AGAIN"):
                    self._start(m, exists)
            with m.State("REPLY"):
                m.d.comb += self.reply.valid.eq(1)
                m.d.comb += self.command.ready.eq(self.reply.ready)
                with m.If(self.reply.ready):
                    m.next = "WAIT"

        return m

    def _start(self, m: Module, exists: Value) -> None:
        """Read or write the words of a group of columns."""
        address = self.command.p.address
        for tile in range(self._tiles):
            selected = exists & (address.tile == tile)
            m.d.comb += self.write[tile].eq(selected & self.command.p.write)
            m.d.comb += self.read[tile].eq(selected & ~self.command.p.write)
        m.next = "FETCH_0"
