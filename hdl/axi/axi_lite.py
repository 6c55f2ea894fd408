"""AXI4-Lite bridge to the register port."""

from amaranth import Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from ..control import BusReply, BusRequest
from .axi import AxiLite, Response

__all__ = ["AxiLiteBridge"]


class AxiLiteBridge(wiring.Component):
    """Bridge from AXI4-Lite to the register port.

    One access at a time. Address and data of a write may come in any order and at any time. Holds one write and one
    read; when both wait they alternate. A refused access is answered with SLVERR. No output depends
    combinationally on an input of the bus. An access is offered in the cycle after the last of its parts
    was taken; its response is valid in the cycle after its answer.

    Members
    -------
    bus : :py:`In(AxiLite())`
        The bus. Protection bits are ignored.
    request : :py:`Out(stream.Signature(BusRequest()))`
        Accesses.
    answer : :py:`In(stream.Signature(BusReply()))`
        Their answers; a request is taken with its answer.
    """

    def __init__(self):
        super().__init__(
            {
                "bus": In(AxiLite()),
                "request": Out(stream.Signature(BusRequest())),
                "answer": In(stream.Signature(BusReply())),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        bus, request, answer = self.bus, self.request.p, self.answer.p

        # Parts that have been taken and wait.
        write_address = Signal.like(bus.awaddr)
        read_address = Signal.like(bus.araddr)
        write_data = Signal.like(bus.wdata)
        strobe = Signal.like(bus.wstrb)
        channels = (
            (bus.awvalid, bus.awready, Signal(name="has_write_address"), ((write_address, bus.awaddr),)),
            (bus.wvalid, bus.wready, Signal(name="has_data"), ((write_data, bus.wdata), (strobe, bus.wstrb))),
            (bus.arvalid, bus.arready, Signal(name="has_read_address"), ((read_address, bus.araddr),)),
        )
        for valid, ready, held, pairs in channels:
            m.d.comb += ready.eq(~held)
            with m.If(valid & ready):
                m.d.sync += [held.eq(1), *(kept.eq(given) for kept, given in pairs)]
        has_write_address, has_data, has_read_address = (held for _, _, held, _ in channels)

        # A waiting response blocks the next access of its kind, and no other.
        write = Signal()
        read = Signal()
        m.d.comb += [
            write.eq(has_write_address & has_data & ~bus.bvalid),
            read.eq(has_read_address & ~bus.rvalid),
        ]
        with m.If(bus.bready):
            m.d.sync += bus.bvalid.eq(0)
        with m.If(bus.rready):
            m.d.sync += bus.rvalid.eq(0)

        # The kind served last yields to the other one. An access that was begun stays.
        writes = Signal()
        busy = Signal()
        m.d.comb += [
            self.request.valid.eq(busy),
            self.answer.ready.eq(busy),
            request.address.eq(Mux(writes, write_address, read_address)),
            request.write.eq(writes),
            # A write that comes while a read is offered must not change it.
            request.data.eq(Mux(writes, write_data, 0)),
            request.strobe.eq(Mux(writes, strobe, 0)),
        ]
        response = Mux(answer.error, Response.SLVERR, Response.OKAY)
        with m.If(~busy):
            m.d.sync += [busy.eq(write | read), writes.eq(write & (~writes | ~read))]
        with m.Elif(self.answer.valid):
            m.d.sync += busy.eq(0)
            with m.If(writes):
                m.d.sync += [has_write_address.eq(0), has_data.eq(0), bus.bvalid.eq(1), bus.bresp.eq(response)]
            with m.Else():
                m.d.sync += [
                    has_read_address.eq(0),
                    bus.rvalid.eq(1),
                    bus.rresp.eq(response),
                    bus.rdata.eq(answer.data),
                ]

        return m
