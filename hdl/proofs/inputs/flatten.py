"""Proofs of feature maps as vectors."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ...config import FeatureMap
from ...config.geometries import geometry
from ...inputs import Flatten
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.inputs.Flatten`."""
    for config in (geometry("images"), geometry("pixel")):
        source = config.network.maps[-1]
        yield Proof(
            block="flatten",
            name=config.name,
            claim="each map is given out once, every position in its place, with the tag of the last, in the cycle "
            "after that was taken; the next map waits until then and no longer; the stream keeps valid and payload "
            "until taken",
            sizes=f"`{config.name}`: {source}",
            method=Method.INDUCTION,
            bench=lambda config=config, source=source: Bench(  # type: ignore[misc]
                Flatten(config, source), lambda m, dut, internals: _places(source, m, dut, internals)
            ),
            cover_depth=2 * source.positions + 4,
            fast=config is geometry("images"),
        )


def _places(source: FeatureMap, m: Module, dut: Flatten, internals: Internals) -> None:
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    taken = transferred(dut.i)
    count = source.positions
    position = Signal(range(count + 1))
    last = position == count - 1
    waiting = Signal()
    tag = Signal(dut.i.p.tag.as_value().shape())
    with m.If(taken):
        m.d.sync += [position.eq(Mux(last, 0, position + 1)), waiting.eq(last), tag.eq(dut.i.p.tag.as_value())]
    with m.Elif(dut.o.ready):
        m.d.sync += waiting.eq(0)
    m.d.comb += [
        Assert(dut.i.ready == (~waiting | dut.o.ready)),
        Assert(dut.o.valid == waiting),
        Assert(implies(waiting, dut.o.p.tag.as_value() == tag)),
        Cover(waiting & transferred(dut.o) & taken & dut.o.p.bits[0]),
        # Inductive invariants.
        Assert(position < count),
        Assert(implies(waiting, position == 0)),
        Assert(internals.signal("position") == position),
    ]
    for place in range(count):
        value = Signal(source.channels, name=f"value_{place}")
        with m.If(taken & (position == place)):
            m.d.sync += value.eq(dut.i.p.bits)
        m.d.comb += Assert(implies(waiting, dut.o.p.bits.word_select(place, source.channels) == value))
        # Inductive invariant: the distance that the position has moved down.
        for reached in range(place + 1, count):
            moved = dut.o.p.bits.word_select(count - reached + place, source.channels)
            m.d.comb += Assert(implies(position == reached, moved == value))
