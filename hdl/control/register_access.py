"""Sequence of a register access."""

from amaranth import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..contract import WORD_WIDTH
from .bus import BusReply, BusRequest

__all__ = ["RegisterAccess"]

_BYTE = 8

#: Bits of a byte address within a word.
_BYTE_BITS = 2


class RegisterAccess(wiring.Component):
    """Sequencer of register accesses, one at a time.

    Look up, merge the bytes, judge, act, answer: an access takes a step a cycle. Its answer is there four cycles after
    the request was offered, or two cycles after others have carried out its command. The request is taken with the
    answer.

    A register that acts when it is accessed has a part of a word refused: an access that does not begin at the word, or
    a write of some of its bytes. A write of no byte at all is none.

    Members
    -------
    request : :py:`In(stream.Signature(BusRequest()))`
        Accesses.
    answer : :py:`Out(stream.Signature(BusReply()))`
        Their answers, in order.
    exists, readable, keeps, whole, current : :py:`In(…)`
        As in :class:`RegisterFile`, of the register at the request's address.
    value : :py:`Out(32)`
        Value to be written: the bytes of the request and, for the others, those that the register keeps.
    writes : :py:`Out(1)`
        The request writes at least a byte.
    writable : :py:`In(1)`
        ``value`` may be written now.
    look_up : :py:`Out(1)`
        The register is being read.
    act : :py:`Out(1)`
        The access is allowed, and done in this cycle.
    asks_row, asks_correction : :py:`In(1)`
        With ``act``: it gives a command to a row, or to the logit correction.
    row, row_done : :py:`Out(1)`
        The row command is given until ``replied``; the cycle after that.
    replied, row_error : :py:`In(1)`
        The row command was carried out, or there is no such row.
    correction_done : :py:`Out(1)`
        The logit correction has had a cycle to answer.
    refused : :py:`Out(1)`
        An answer that reports an error is taken.
    """

    def __init__(self):
        flags = ("exists", "readable", "keeps", "whole", "writable")
        asked = ("asks_row", "asks_correction", "replied", "row_error")
        steps = ("writes", "look_up", "act", "row", "row_done", "correction_done", "refused")
        super().__init__(
            {
                "request": In(stream.Signature(BusRequest())),
                "answer": Out(stream.Signature(BusReply())),
                "current": In(WORD_WIDTH),
                "value": Out(WORD_WIDTH),
                **dict.fromkeys((*flags, *asked), In(1)),
                **dict.fromkeys(steps, Out(1)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        request, answer, value = self.request.p, self.answer.p, self.value
        m.d.comb += self.writes.eq(request.write & request.strobe.any())

        # The request stays where it is until its answer is taken.
        exists = Signal()
        readable = Signal()
        partial = Signal()
        allowed = Signal()
        current = Signal(WORD_WIDTH)
        with m.FSM():
            with m.State("LOOK UP"), m.If(self.request.valid):
                m.d.comb += self.look_up.eq(1)
                m.d.sync += [exists.eq(self.exists), readable.eq(self.readable)]
                incomplete = request.address[:_BYTE_BITS].any() | (request.write & ~request.strobe.all())
                m.d.sync += partial.eq(self.whole & incomplete)
                m.d.sync += [current.eq(self.current), value.eq(Mux(self.keeps, self.current, 0))]
                m.next = "MERGE"
            with m.State("MERGE"):
                for index, written in enumerate(request.strobe):
                    with m.If(written):
                        m.d.sync += value.word_select(index, _BYTE).eq(request.data.word_select(index, _BYTE))
                m.next = "JUDGE"
            with m.State("JUDGE"):
                accepted = Mux(self.writes, self.writable, readable) & ~partial
                m.d.sync += allowed.eq(Mux(request.write & ~self.writes, exists, accepted))
                m.next = "ACT"
            with m.State("ACT"):
                m.d.comb += self.act.eq(allowed)
                m.d.sync += [answer.error.eq(~allowed), answer.data.eq(Mux(request.write | ~allowed, 0, current))]
                m.next = "ANSWER"
                with m.If(self.asks_row):
                    m.next = "ROW"
                with m.Elif(self.asks_correction):
                    m.next = "CORRECTION"
            with m.State("ROW"):
                m.d.comb += self.row.eq(1)
                m.d.sync += answer.error.eq(self.row_error)
                with m.If(self.replied):
                    m.next = "ROW DONE"
            with m.State("ROW DONE"):
                m.d.comb += self.row_done.eq(1)
                m.next = "ANSWER"
            with m.State("CORRECTION"):
                m.next = "CORRECTION DONE"
            with m.State("CORRECTION DONE"):
                m.d.comb += self.correction_done.eq(1)
                m.next = "ANSWER"
            with m.State("ANSWER"):
                m.d.comb += self.answer.valid.eq(1)
                with m.If(self.answer.ready):
                    m.d.comb += [self.request.ready.eq(1), self.refused.eq(answer.error)]
                    m.next = "LOOK UP"

        return m
