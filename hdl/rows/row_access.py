"""Programming and reading of rows between computations."""

from amaranth import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..streams import RowCommand, RowReply, index_width

__all__ = ["RowAccess"]


class RowAccess(wiring.Component):
    """Executor of row commands on idle stores.

    A command waits until the block is idle, and holds it idle until the reply was taken. A program
    command writes in one cycle, a read command reads in one; the reply is valid ``2 + delay`` cycles later.
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
    group, line, row : :py:`Out(…)`
        Address and data for the stores.
    words : :py:`In(cols).array(tiles)`
        Row ``line`` of the group that each store has read.
    """

    def __init__(self, config: CoreConfig, *, tiles: int, groups: int, lines: int, delay: int = 0):
        self._tiles = tiles
        self._groups = groups
        self._lines = lines
        self._delay = delay
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
                "row": Out(config.array.cols),
                "words": In(config.array.cols).array(tiles),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        address = self.command.p.address

        exists = Signal()
        row = Signal.like(self.row)
        m.d.comb += [
            exists.eq((address.tile < self._tiles) & (address.group < self._groups) & (address.line < self._lines)),
            self.hold.eq(self.command.valid),
            self.group.eq(address.group),
            self.line.eq(address.line),
            self.row.eq(self.command.p.row),
            self.reply.p.row.eq(row),
            self.reply.p.error.eq(~exists),
        ]
        # Registered: it fans out to all stores and then to all blocks.
        with m.Switch(address.tile):
            for tile, word in enumerate(self.words):
                with m.Case(tile):
                    m.d.sync += row.eq(word)

        with m.FSM():
            with m.State("WAIT"), m.If(self.command.valid & self.idle):
                for tile in range(self._tiles):
                    selected = exists & (address.tile == tile)
                    m.d.comb += self.write[tile].eq(selected & self.command.p.write)
                    m.d.comb += self.read[tile].eq(selected & ~self.command.p.write)
                m.next = "FETCH_0"
            for cycle in range(1 + self._delay):
                with m.State(f"FETCH_{cycle}"):
                    m.next = "REPLY" if cycle == self._delay else f"FETCH_{cycle + 1}"
            with m.State("REPLY"):
                m.d.comb += self.reply.valid.eq(1)
                m.d.comb += self.command.ready.eq(self.reply.ready)
                with m.If(self.reply.ready):
                    m.next = "WAIT"

        return m
