"""Proofs of the serialization of logits."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ...config import CoreConfig
from ...config.geometries import geometry
from ...results import Logits
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.results.Logits`."""
    for config in (geometry("two_passes"), geometry("padded_small"), geometry("tiny")):
        layer = config.layers[-1]
        yield Proof(
            block="logits",
            name=config.name,
            claim="all classes of each pass are given out in order, z = 2P − N without overflow; the next counts are "
            "taken with the last of them; the stream keeps valid and payload until taken",
            sizes=f"`{config.name}`: {layer.outputs} classes, counts of {layer.count_width} bits",
            method=Method.INDUCTION,
            bench=lambda config=config: Bench(  # type: ignore[misc]
                Logits(config), lambda m, dut, internals: _classes(config, m, dut, internals)
            ),
            cover_depth=layer.outputs + 4,
            fast=config is not geometry("tiny"),
        )


def _classes(config: CoreConfig, m: Module, dut: Logits, internals: Internals) -> None:
    layer = config.layers[-1]
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)

    # The counts that are being sent, as numbers, and the next class.
    counts = [Signal(layer.count_width, name=f"count_{index}") for index in range(layer.outputs)]
    last = Signal()
    busy = Signal()
    index = Signal(range(layer.outputs))
    final = Signal()
    m.d.comb += final.eq(index == layer.outputs - 1)
    with m.If(transferred(dut.o)):
        m.d.sync += [index.eq(Mux(final, 0, index + 1)), busy.eq(~final)]
    with m.If(transferred(dut.i)):
        m.d.sync += [busy.eq(1), last.eq(dut.i.p.tag.last)]
        for lane, count in enumerate(counts):
            m.d.sync += count.eq(Cat(plane[lane] for plane in dut.i.p.planes))

    # Wider than z, so that an overflow would show.
    chosen = Signal(layer.count_width)
    with m.Switch(index):
        for lane, count in enumerate(counts):
            with m.Case(lane):
                m.d.comb += chosen.eq(count)
    m.d.comb += [
        Assert(dut.o.valid == busy),
        Assert(dut.i.ready == (~busy | (dut.o.ready & final))),
        Assert(implies(busy, (dut.o.p.index == index) & (dut.o.p.last == last))),
        # Counts above the maximum do not occur; their z would not fit.
        Assert(implies(busy & (chosen <= layer.count_max), dut.o.p.z == (chosen << 1) - layer.count_max)),
        Cover(transferred(dut.o) & final & (dut.o.p.z == layer.count_max)),
        Cover(transferred(dut.i) & transferred(dut.o)),
        # Inductive invariants.
        Assert(implies(~busy, index == 0)),
        Assert(index < layer.outputs),
    ]
    for bit in range(layer.count_width):
        plane = Cat(count[bit] for count in counts)
        m.d.comb += Assert(implies(busy, internals.signal(f"plane_{bit}") == plane >> index))
