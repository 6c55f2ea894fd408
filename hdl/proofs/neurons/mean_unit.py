"""Proofs of the mean of a layer."""

import functools
from collections.abc import Iterator

from amaranth import Array, Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Cover
from amaranth.utils import ceil_log2

from ...config import Layer
from ...config.geometries import geometry
from ...neurons import MeanUnit, transformed_width
from ..bench import Bench
from ..claims import assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.MeanUnit`."""
    for config in (geometry("two_means"), geometry("six_means")):
        layer = config.layers[0]
        width = transformed_width(layer)
        yield Proof(
            block="mean_unit",
            name=config.name,
            claim="each map gives the smallest integer that is not below S / n, with the tag of its last plane, once "
            "and in order; the sum and the quotient do not overflow; only what follows the last plane of a map waits; "
            "the stream keeps valid and payload until taken",
            sizes=f"`{config.name}`: n = {layer.vectors * layer.outputs}, {width} planes",
            method=Method.INDUCTION,
            bench=lambda config=config, layer=layer: Bench(  # type: ignore[misc]
                MeanUnit(config, layer), functools.partial(_mean, layer)
            ),
            cover_depth=(layer.vectors + 1) * width + 6,
        )


def _mean(layer: Layer, m: Module, dut: MeanUnit, internals: Internals) -> None:
    width, values = transformed_width(layer), layer.vectors * layer.outputs
    more = ceil_log2(values)
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    taken = transferred(dut.i)

    # Position of the next plane, and the plane that was taken and not yet added.
    plane, position = Signal(range(width)), Signal(range(layer.vectors + 1))
    counted, last, ones = Signal(), Signal(), Signal(range(layer.outputs + 1))
    place, vector = Signal(range(width)), Signal(range(layer.vectors + 1))
    highest = plane == width - 1
    tag = Signal(dut.i.p.tag.as_value().shape())
    with m.If(taken):
        m.d.sync += [
            plane.eq(Mux(highest, 0, plane + 1)),
            position.eq(Mux(highest, Mux(position == layer.vectors - 1, 0, position + 1), position)),
            place.eq(plane),
            vector.eq(position),
            last.eq(highest & (position == layer.vectors - 1)),
            ones.eq(sum(dut.i.p.bits[lane] for lane in range(layer.outputs))),
            tag.eq(dut.i.p.tag.as_value()),
        ]
    busy = Signal()
    adds = Signal()
    m.d.comb += adds.eq(counted & ~(last & busy))
    m.d.sync += counted.eq(taken | (counted & ~adds))

    # The sum of the map's added planes, and the sum under division.
    total, divided = Signal(width + more), Signal(width + more)
    given = Signal.like(tag)
    summed = Signal(width + more + 1)
    m.d.comb += summed.eq(total + (ones << place))
    with m.If(adds):
        m.d.sync += total.eq(Mux(last, 0, summed))
    with m.If(adds & last):
        m.d.sync += [divided.eq(summed), given.eq(tag)]
    m.d.sync += busy.eq((adds & last) | (busy & ~transferred(dut.o)))

    # Added planes of the vector in progress, by which the sum is rotated, and the largest sum they can give.
    added = Mux(counted, place, plane)
    before = Mux(counted, vector, position)
    most = before * (layer.outputs * ((1 << width) - 1)) + (layer.outputs << added) - layer.outputs
    turned = Array((total + values - 1)[: width + more].rotate_right(index) for index in range(width))[added]
    mean = dut.o.p.value
    m.d.comb += [
        Assert(dut.i.ready == (~counted | adds)),
        Assert(implies(dut.o.valid, busy)),
        Assert(implies(dut.o.valid, (mean * values >= divided) & (mean * values < divided + values))),
        Assert(implies(busy, dut.o.p.tag.as_value() == given)),
        Cover(dut.o.valid & (mean * values > divided)),
        Cover(dut.o.valid & (mean == (1 << width) - 1)),
        # Inductive invariants.
        Assert((plane < width) & (position < layer.vectors) & (ones <= layer.outputs)),
        Assert(total <= most),
        Assert(implies(counted, plane == Mux(place == width - 1, 0, place + 1))),
        Assert(implies(counted, last == ((place == width - 1) & (vector == layer.vectors - 1)))),
        Assert(implies(counted, position == Mux(last, 0, Mux(place == width - 1, vector + 1, vector)))),
        Assert(implies(counted, vector < layer.vectors)),
        Assert(implies(busy, divided <= values * ((1 << width) - 1))),
        Assert(internals.signal("plane") == plane),
        Assert(internals.signal("position") == position),
        Assert(internals.signal("counted") == counted),
        Assert(internals.signal("busy") == busy),
        Assert(internals.signal("total") == turned),
        Assert(
            implies(
                counted,
                (internals.signal("ones") == ones)
                & (internals.signal("ends_map") == last)
                & (internals.signal("ends_vector") == (place == width - 1))
                & (internals.signal("tag") == tag),
            )
        ),
    ]
    if not dut.divide_cycles:
        m.d.comb += Assert(dut.o.valid == busy)
        return
    # So many steps are left: the bits of the dividend that have not been looked at, the quotient, and what remains.
    left, remainder = internals["divider"].signal("left"), internals["divider"].signal("remainder")
    dividend = divided + values - 1
    for steps in range(width + 1):
        done = width - steps
        rest, quotient = mean[done:], mean[:done]
        whole = (quotient * values + remainder << steps) + (rest if steps else 0)
        m.d.comb += Assert(implies(busy & (left == steps), (whole == dividend) & (remainder < values)))
    m.d.comb += [Assert(left <= width), Assert(implies(~busy, left == 0)), Assert(dut.o.valid == (busy & (left == 0)))]
    m.d.comb += Cover(Cat(dut.o.valid, remainder == values - 1).all())
