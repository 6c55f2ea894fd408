"""Proofs of passes that share earlier results."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...config import CoreConfig, Layer
from ...config.geometries import geometry
from ...passes import PrefixRepeater
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.passes.PrefixRepeater`."""
    config = geometry("prefix_3")
    for layer in config.hidden_layers:
        yield Proof(
            block="prefix_repeater",
            name=f"layer_{layer.index}",
            claim="counts are sent once for each value of the layer's mask bits that some mask has, and for no other, "
            "the lowest first, unchanged, each with the masks below it and, in the last layer, the next weight; "
            "`last` on the last value of the last counts; they are taken with their last beat; the stream keeps valid "
            "and payload until taken",
            sizes=f"`{config.name}`, layer {layer.index}: {1 << layer.mask_bits} values of {config.stochastic.masks} "
            "masks",
            method=Method.INDUCTION,
            bench=lambda layer=layer: Bench(  # type: ignore[misc]
                PrefixRepeater(config, layer), lambda m, dut, internals: _claim(config, layer, m, dut, internals)
            ),
            cover_depth=6,
            fast=layer == config.hidden_layers[-1],
        )


def _claim(config: CoreConfig, layer: Layer, m: Module, dut: PrefixRepeater, internals: Internals) -> None:
    first, last = layer.index == 0, layer == config.hidden_layers[-1]
    children = 1 << layer.mask_bits
    below = 1 << sum(each.mask_bits for each in config.layers[layer.index + 1 :])
    own = slice(layer.mask_offset, layer.mask_offset + layer.mask_bits)
    present = dut.present.payload if first else dut.i.p.tag.present[: children * below]
    assume_kept(m, dut.i)
    there = dut.i.valid
    if first:
        assume_kept(m, dut.present)
        there = there & dut.present.valid
    offered = there
    if last:
        assume_kept(m, dut.weights)
        offered = offered & dut.weights.valid
    m.d.comb += Assume(implies(there, present.any()))
    if not first:
        # The mask bits from this layer on are not set yet.
        m.d.comb += Assume(implies(there, ~dut.i.p.tag.mask[layer.mask_offset :].any()))

    claim_kept(m, dut.o)
    tag = dut.o.p.tag
    value = tag.mask[own]
    occurs = [present.word_select(child, below).any() for child in range(children)]
    #: Values of these counts that were sent.
    sent = Signal(children)
    with m.If(transferred(dut.o)):
        m.d.sync += sent.eq(Mux(transferred(dut.i), 0, sent | (1 << value)))
    lower = Cat(child < value for child in range(children))
    higher = Cat(child > value for child in range(children))
    final = ~(Cat(occurs) & higher).any()
    before = 0 if first else dut.i.p.tag.mask[: layer.mask_offset]
    m.d.comb += [
        Assert(dut.o.valid == offered),
        Assert(implies(there, Cat(occurs).bit_select(value, 1))),
        # Each lower one that occurs was sent, and no other.
        Assert(implies(there, sent == (Cat(occurs) & lower))),
        Assert(implies(dut.o.valid, dut.o.p.planes.as_value() == dut.i.p.planes.as_value())),
        Assert(implies(dut.o.valid, tag.present == present.word_select(value, below))),
        Assert(implies(dut.o.valid, tag.mask[: layer.mask_offset] == before)),
        Assert(implies(dut.o.valid, ~tag.mask[own.stop :].any())),
        Assert(implies(dut.o.valid, tag.last == (final if first else final & dut.i.p.tag.last))),
        Assert(transferred(dut.i) == (transferred(dut.o) & final)),
        # Inductive invariants.
        Assert(internals.signal("sent") == sent),
        Assert(implies(sent.any(), there)),
        Cover(transferred(dut.i) & sent.any()),
        Cover(transferred(dut.i) & ~sent.any() & (value == children - 1)),
    ]
    if first:
        m.d.comb += Assert(transferred(dut.present) == transferred(dut.i))
    if last:
        m.d.comb += [
            Assert(transferred(dut.weights) == transferred(dut.o)),
            Assert(implies(dut.o.valid, tag.weight == dut.weights.payload)),
        ]
