"""Proofs of packet input."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...axi import PacketInput
from ...config import CoreConfig
from ...config.geometries import geometry
from ..bench import Bench
from ..claims import claim_kept, implies, past, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.axi.PacketInput`."""
    for config in (geometry("two_passes"), geometry("padded_small"), geometry("tiny")):
        yield Proof(
            block="packet_input",
            name=config.name,
            claim="the beats of a packet are passed on once, unchanged and in order; one that is too short is told "
            "at its "
            "last beat, one that is too long at the beat that should be its last, once, and the rest is dropped; the "
            "stream keeps valid and payload until taken",
            sizes=f"`{config.name}`: packets of {config.beats_per_input} beats",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                PacketInput(config), lambda m, dut, internals: _packets(config, m, dut, internals)
            ),
            cover_depth=2 * config.beats_per_input + 4,
            fast=config is not geometry("tiny"),
        )


def _packets(config: CoreConfig, m: Module, dut: PacketInput, internals: Internals) -> None:
    bus, beats = dut.bus, config.beats_per_input
    waited = past(m, bus.tvalid & ~bus.tready)
    m.d.comb += [
        Assume(implies(waited, bus.tvalid & (bus.tdata == past(m, bus.tdata)) & (bus.tlast == past(m, bus.tlast)))),
    ]
    claim_kept(m, dut.o)

    # The beat that was taken, and the number of beats of its packet before it.
    held, last, taken = Signal(), Signal(), Signal.like(bus.tdata)
    place = Signal(range(beats + 1))
    leaves = held & bus.tready
    with m.If(bus.tready):
        m.d.sync += [held.eq(bus.tvalid), last.eq(bus.tlast), taken.eq(bus.tdata)]
    with m.If(leaves):
        m.d.sync += place.eq(Mux(last, 0, Mux(place == beats, place, place + 1)))

    ends = place == beats - 1
    good = (place < beats - 1) & ~last | ends & last
    m.d.comb += [
        Assert(dut.o.valid == (held & good)),
        Assert(transferred(dut.o) == (leaves & good)),
        Assert(implies(dut.o.valid, dut.o.payload.as_value() == taken[: len(dut.o.payload.as_value())])),
        Assert(dut.too_short == (held & (place < beats - 1) & last)),
        Assert(dut.too_long == (held & ends & ~last)),
        Assert(implies(dut.too_short | dut.too_long, leaves)),
        Assert(bus.tready == (~held | dut.o.ready | ~good)),
        Cover(transferred(dut.o) & last & past(m, transferred(dut.o))),
        Cover(dut.too_short),
        Cover(leaves & last & (place == beats)),
        # Inductive invariants.
        Assert(internals.signal("held") == held),
        Assert(implies(held, internals.signal("last") == last)),
        Assert(implies(held, internals.signal("pixels") == taken[: len(dut.o.payload.as_value())])),
        Assert(internals.signal("dropping") == (place == beats)),
        Assert(internals.signal("index") == Mux(place == beats, 0, place)),
        Assert(place <= beats),
    ]
