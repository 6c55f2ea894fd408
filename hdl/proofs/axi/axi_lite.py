"""Proofs of the AXI4-Lite bridge."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Assume, Cover

from ...axi import AxiLiteBridge, Response
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.axi.AxiLiteBridge`."""
    yield Proof(
        block="axi_lite",
        name="once",
        claim="every write and every read makes one access with its own address, data and strobes, and has one "
        "response, "
        "which is that access's; responses and accesses keep valid and payload until taken; of a write and a read "
        "that wait neither waits for two of the other",
        sizes="as built",
        method=Method.INDUCTION,
        bench=lambda: Bench(AxiLiteBridge(), _once),
        cover_depth=12,
    )


def _kept(m: Module, valid: Value, ready: Value, *payload: Value) -> Value:
    waited = past(m, valid & ~ready)
    return implies(waited, valid & (Cat(payload) == past(m, Cat(payload))))


def _once(m: Module, dut: AxiLiteBridge, internals: Internals) -> None:
    bus, request, answer = dut.bus, dut.request, dut.answer
    # The master holds what it offers; an answer comes only to an access, which is taken with it.
    m.d.comb += [
        Assume(_kept(m, bus.awvalid, bus.awready, bus.awaddr)),
        Assume(_kept(m, bus.wvalid, bus.wready, bus.wdata, bus.wstrb)),
        Assume(_kept(m, bus.arvalid, bus.arready, bus.araddr)),
        Assume(implies(answer.valid, request.valid)),
        Assume(request.ready == transferred(answer)),
    ]
    assume_kept(m, answer)
    claim_kept(m, request)
    m.d.comb += [
        Assert(_kept(m, bus.bvalid, bus.bready, bus.bresp)),
        Assert(_kept(m, bus.rvalid, bus.rready, bus.rresp, bus.rdata)),
    ]

    # Parts that were taken and have no access yet, and answered accesses without a response: never two.
    writes = transferred(answer) & request.p.write
    reads = transferred(answer) & ~request.p.write
    waiting = {}
    for name, comes, goes, limit in (
        ("address", bus.awvalid & bus.awready, writes, ~bus.awready),
        ("data", bus.wvalid & bus.wready, writes, ~bus.wready),
        ("read", bus.arvalid & bus.arready, reads, ~bus.arready),
        ("write_response", writes, bus.bvalid & bus.bready, bus.bvalid),
        ("read_response", reads, bus.rvalid & bus.rready, bus.rvalid),
    ):
        count = waiting[name] = Signal(2, name=f"waiting_{name}")
        m.d.sync += count.eq(count + comes - goes)
        m.d.comb += Assert((count <= 1) & (count == limit))

    # Expected contents of each access and each response.
    address, data, strobe, read_address = (Signal.like(each) for each in (bus.awaddr, bus.wdata, bus.wstrb, bus.araddr))
    error, read_error, read_data = Signal(), Signal(), Signal.like(bus.rdata)
    with m.If(bus.awvalid & bus.awready):
        m.d.sync += address.eq(bus.awaddr)
    with m.If(bus.wvalid & bus.wready):
        m.d.sync += [data.eq(bus.wdata), strobe.eq(bus.wstrb)]
    with m.If(bus.arvalid & bus.arready):
        m.d.sync += read_address.eq(bus.araddr)
    with m.If(writes):
        m.d.sync += error.eq(answer.p.error)
    with m.If(reads):
        m.d.sync += [read_error.eq(answer.p.error), read_data.eq(answer.p.data)]
    write_waits, read_waits = waiting["address"].any() & waiting["data"].any(), waiting["read"].any()
    carried = (request.p.address == address) & (request.p.data == data) & (request.p.strobe == strobe)
    m.d.comb += [
        Assert(implies(request.valid, Mux(request.p.write, ~bus.bvalid, ~bus.rvalid))),
        Assert(implies(request.valid & request.p.write, write_waits & carried)),
        Assert(implies(request.valid & ~request.p.write, read_waits & (request.p.address == read_address))),
        Assert(implies(bus.bvalid, bus.bresp == Mux(error, Response.SLVERR, Response.OKAY))),
        Assert(implies(bus.rvalid, bus.rresp == Mux(read_error, Response.SLVERR, Response.OKAY))),
        Assert(implies(bus.rvalid, bus.rdata == read_data)),
    ]

    for name, held, expected in (
        ("write_address", waiting["address"], address),
        ("write_data", waiting["data"], data),
        ("strobe", waiting["data"], strobe),
        ("read_address", waiting["read"], read_address),
    ):
        # Inductive invariants.
        m.d.comb += Assert(implies(held, internals.signal(name) == expected))

    # An access begins as soon as it can, and the kind that was not served last has priority.
    can_write, can_read = write_waits & ~bus.bvalid, read_waits & ~bus.rvalid
    idle = past(m, ~request.valid)
    begins = idle & request.valid
    m.d.comb += [
        Assert(implies(idle, request.valid == past(m, can_write | can_read))),
        Assert(implies(begins & past(m, can_write & can_read), request.p.write != past(m, request.p.write))),
        Cover(begins & past(m, can_write & can_read)),
        Cover(bus.bvalid & bus.rvalid),
        Cover(bus.bvalid & bus.bready & (bus.bresp == Response.SLVERR)),
        Cover(bus.rvalid & bus.rready & (bus.rdata != 0)),
    ]
