"""Outcome of row commands."""

from amaranth import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from ..config import CoreConfig
from ..contract import WORD_WIDTH, Command
from ..streams import RowReply

__all__ = ["RowOutcome"]


class RowOutcome(wiring.Component):
    """Row of a command, its comparison, and programming costs.

    The row that a command has read, whether it is the expected one, and the sums of pulses and failures. The row is
    there one cycle after the reply, ``differs`` two cycles after it.

    Parameters
    ----------
    config : :class:`CoreConfig`
        Geometry of the core.

    Members
    -------
    waiting, replied : :py:`In(1)`
        A row command was given and is not done; its reply is there.
    reply : :py:`In(RowReply(config))`
        The reply.
    done, error : :py:`In(1)`
        The cycle after the reply, and whether that reported an error.
    code : :py:`In(32)`
        The command.
    expected : :py:`In(cols)`
        The row that a command to verify should find.
    row : :py:`Out(cols)`
        The row of the last reply.
    load : :py:`Out(1)`
        With ``done``: ``row`` is the result of a command to read.
    differs : :py:`Out(1)`
        A command to verify has found another row, or cells are outside their tolerance.
    clear : :py:`In(1)`
        Begin the sums at 0 again. Only where the core has macros, as they are.
    pulses, failures : :py:`Out(32)`
        Sums of the replies' pulses and failed cells.
    """

    def __init__(self, config: CoreConfig):
        self._config = config
        sums = {"clear": In(1), "pulses": Out(WORD_WIDTH), "failures": Out(WORD_WIDTH)}
        super().__init__(
            {
                "waiting": In(1),
                "replied": In(1),
                "reply": In(RowReply(config)),
                "done": In(1),
                "error": In(1),
                "code": In(WORD_WIDTH),
                "expected": In(config.array.cols),
                "row": Out(config.array.cols),
                "load": Out(1),
                "differs": Out(1),
                **(sums if config.macro is not None else {}),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        with m.If(self.waiting):
            m.d.sync += self.row.eq(self.reply.row)
        differs = (self.code == Command.VERIFY) & ~self.error & (self.row != self.expected)
        if self._config.macro is not None:
            failed = Signal()
            differs |= failed
            with m.If(self.waiting):
                m.d.sync += failed.eq(self.reply.failed.any())
            with m.If(self.waiting & self.replied):
                m.d.sync += [
                    self.pulses.eq(self.pulses + self.reply.pulses),
                    self.failures.eq(self.failures + self.reply.failed),
                ]
            with m.If(self.clear):
                m.d.sync += [self.pulses.eq(0), self.failures.eq(0)]
        m.d.comb += self.load.eq(self.done & (self.code == Command.READ) & ~self.error)
        m.d.sync += self.differs.eq(self.done & differs)
        return m
