"""Proofs of the queue between two streams."""

from collections.abc import Iterator

from amaranth import Array, Const, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Cover

from ...streams import StreamQueue
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

_WIDTH = 3


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.streams.StreamQueue`."""
    for depth, buffered in ((2, False), (3, False), (2, True), (4, True)):
        yield Proof(
            block="queue",
            name=f"{'buffered' if buffered else 'unbuffered'}_{depth}",
            claim="beats come out as they were taken, in order, none lost and none twice, the first after the block's "
            "latency; as many fit as the queue is deep; neither side waits for the other within a cycle; the stream "
            "keeps valid and payload until taken",
            sizes=f"{depth} beats of {_WIDTH} bits, {'' if buffered else 'not '}buffered",
            method=Method.INDUCTION,
            bench=lambda depth=depth, buffered=buffered: Bench(  # type: ignore[misc]
                StreamQueue(_WIDTH, depth, buffered=buffered),
                lambda m, dut, internals: _in_order(depth, buffered, m, dut, internals),
            ),
            cover_depth=2 * depth + 4,
        )


def _in_order(depth: int, buffered: bool, m: Module, dut: StreamQueue, internals: Internals) -> None:
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    taken, given = transferred(dut.i), transferred(dut.o)

    # Contents of the queue, the oldest first. A buffered queue offers it from its last register.
    kept = [Signal(_WIDTH, name=f"kept_{place}") for place in range(depth)]
    count = Signal(range(depth + 1))
    offers = Signal()
    m.d.sync += count.eq(count + taken - given)
    for place, value in enumerate(kept):
        after = kept[place + 1] if place + 1 < depth else value
        m.d.sync += value.eq(Mux(count - given == place, dut.i.payload, Mux(given, after, value)))
    inside = count - offers
    if buffered:
        m.d.sync += offers.eq(((inside != 0) & (~offers | dut.o.ready)) | (offers & ~dut.o.ready))
    m.d.comb += [
        Assert(dut.i.ready == ((inside != depth - 1) if buffered else (count != depth))),
        Assert(dut.o.valid == (offers if buffered else (count != 0))),
        Assert(implies(dut.o.valid, dut.o.payload == kept[0])),
        Cover(count == depth),
        Cover(given & taken & (dut.o.payload == 2**_WIDTH - 1) & past(m, given)),
        # Inductive invariants.
        Assert(count <= depth),
        Assert(implies(offers, count != 0)),
    ]
    _know_memory(depth - 1 if buffered else depth, m, internals["fifo"], kept, inside, offers)


def _know_memory(places: int, m: Module, fifo: Internals, kept: list[Signal], inside: Value, offers: Value) -> None:
    """Assert the inductive invariants of the memory: a ring of the beats that are not offered from a register."""
    m.d.comb += Assert(inside <= places)
    levels = [*fifo.named("inner_level"), *fifo.named("level")]
    m.d.comb += Assert(levels[0] == inside)
    if places == 1:
        m.d.comb += Assert(implies(inside == 1, fifo.word("storage", Const(0, 0)) == Array(kept)[offers]))
        return
    consume, produce = fifo.signal("consume"), fifo.signal("produce")
    m.d.comb += [
        Assert((consume < places) & (produce < places)),
        Assert(produce == (consume + inside) % places),
    ]
    for place in range(places):
        address = Signal(range(places), name=f"address_{place}")
        m.d.comb += address.eq((consume + place) % places)
        stored = fifo.word("storage", address)
        m.d.comb += Assert(implies(inside > place, stored == Array(kept)[offers + place]))
