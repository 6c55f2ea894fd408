"""Stream fork to two readers."""

from amaranth import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["Tee"]


class Tee(wiring.Component):
    """Fork of a stream to two independent readers.

    Combinational; a beat is taken when the slower reader takes it. One beat a cycle.

    Parameters
    ----------
    shape : shape-like
        Payload.

    Members
    -------
    i : :py:`In(stream.Signature(shape))`
        Beats.
    first, second : :py:`Out(stream.Signature(shape))`
        The same beats.
    only_second : :py:`In(1)`
        Bypass the first reader: it is sent nothing and not waited for. May change only while there is no beat.
    """

    def __init__(self, shape):
        super().__init__(
            {
                "i": In(stream.Signature(shape)),
                "first": Out(stream.Signature(shape)),
                "second": Out(stream.Signature(shape)),
                "only_second": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()

        pending = []
        for name, branch, unwanted in (("first", self.first, self.only_second), ("second", self.second, 0)):
            served = Signal(name=f"{name}_served")
            waiting = Signal(name=f"{name}_waiting")
            m.d.comb += [
                branch.payload.eq(self.i.payload),
                branch.valid.eq(self.i.valid & ~served & ~unwanted),
                waiting.eq(~served & ~branch.ready & ~unwanted),
            ]
            with m.If(self.i.valid):
                m.d.sync += served.eq(~waiting & ~self.i.ready)
            pending.append(waiting)
        m.d.comb += self.i.ready.eq(~Cat(pending).any())

        return m
