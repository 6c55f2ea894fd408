"""Proofs of the comparison with the mean."""

import functools
from collections.abc import Iterator

from amaranth import Array, Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ...config import Layer
from ...config.geometries import geometry
from ...neurons import MeanComparator, transformed_width
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.MeanComparator`."""
    for config in (geometry("two_means"), geometry("six_means")):
        layer = config.layers[0]
        width = transformed_width(layer)
        yield Proof(
            block="mean_comparator",
            name=config.name,
            claim="each value gives whether it is at least the mean that was taken before its map, with the tag of the "
            "mean, once and in order, in the cycle after its last plane was taken; only that plane ever waits, while "
            "activations do; a mean is taken when a map is done; the stream keeps valid and payload until taken",
            sizes=f"`{config.name}`: {layer.vectors} positions, {layer.outputs} channels, {width} planes",
            method=Method.INDUCTION,
            bench=lambda config=config, layer=layer: Bench(  # type: ignore[misc]
                MeanComparator(config, layer), functools.partial(_compared, layer)
            ),
            cover_depth=layer.vectors * width + 4,
        )


def _compared(layer: Layer, m: Module, dut: MeanComparator, internals: Internals) -> None:
    width = transformed_width(layer)
    for stream in (dut.i, dut.mean):
        assume_kept(m, stream)
    claim_kept(m, dut.o)
    taken = transferred(dut.i)

    # The mean that was taken, and the position of the next plane.
    comparing, mean = Signal(), Signal(width)
    tag = Signal(dut.mean.p.tag.as_value().shape())
    plane, position = Signal(range(width)), Signal(range(layer.vectors + 1))
    highest = plane == width - 1
    with m.If(transferred(dut.mean)):
        m.d.sync += [comparing.eq(1), mean.eq(dut.mean.p.value), tag.eq(dut.mean.p.tag.as_value())]
    with m.If(taken):
        m.d.sync += plane.eq(Mux(highest, 0, plane + 1))
        with m.If(highest):
            m.d.sync += position.eq(position + 1)
            with m.If(position == layer.vectors - 1):
                m.d.sync += [position.eq(0), comparing.eq(0)]

    # Planes of the vector that were taken, and the result of the last vector.
    values = [Signal(width, name=f"value_{lane}") for lane in range(layer.outputs)]
    waiting, fires = Signal(), Signal(layer.outputs)
    expected = Signal(dut.o.p.tag.as_value().shape())
    with m.If(taken):
        bits = [Mux(plane == 0, 0, value) | dut.i.payload[lane] << plane for lane, value in enumerate(values)]
        m.d.sync += [value.eq(bit) for value, bit in zip(values, bits, strict=True)]
        with m.If(highest):
            m.d.sync += fires.eq(Cat(bit[:width] >= mean for bit in bits))
    with m.If(taken & highest):
        m.d.sync += [waiting.eq(1), expected.eq(tag)]
    with m.Elif(dut.o.ready):
        m.d.sync += waiting.eq(0)

    below = Signal(width)
    m.d.comb += below.eq((1 << plane) - 1)
    turned = Array(mean.rotate_right(index) for index in range(width))[plane]
    m.d.comb += [
        Assert(dut.mean.ready == ~comparing),
        Assert(dut.i.ready == (comparing & ~(highest & waiting))),
        Assert(dut.o.valid == waiting),
        Assert(implies(waiting, (dut.o.p.bits == fires) & (dut.o.p.tag.as_value() == expected))),
        Cover(waiting & fires.all() & (position == 0)),
        Cover(waiting & ~fires.any()),
        # Inductive invariants.
        Assert(plane < width),
        Assert(position < layer.vectors),
        Assert(implies(~comparing, (plane == 0) & (position == 0))),
        Assert(internals.signal("comparing") == comparing),
        Assert(internals.signal("plane") == plane),
        Assert(internals.signal("position") == position),
        Assert(implies(comparing, internals.signal("mean") == turned)),
        Assert(implies(comparing, internals.signal("tag") == tag)),
    ]
    for lane, value in enumerate(values):
        m.d.comb += Assert(implies(plane != 0, (value & ~below) == 0))
        reached = internals.signal("below")[lane]
        m.d.comb += Assert(reached == Mux(plane == 0, 1, value >= (mean & below)))
