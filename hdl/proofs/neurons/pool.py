"""Proofs of pooling."""

import itertools
from collections.abc import Iterator

import numpy as np
from amaranth import Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ...config import Layer
from ...config.geometries import geometry
from ...neurons import Pool
from ..bench import Bench
from ..claims import any_constant, assume_kept, claim_kept, implies, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Side of a square.
_SIDE = 2

#: Largest count for the comparison of both orders. Only the order of four counts and a threshold matters, and
#: five ranks have every order.
_COUNT_MAX = 4


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.Pool`."""
    config = geometry("images")
    layer = config.layers[1]
    width = config.network.windows[1].width
    yield Proof(
        block="pool",
        name=config.name,
        claim="each square gives the OR of its four positions, with the tag of the last, once and in order, in the "
        "cycle after its last position was taken; only a square's last position ever waits; the stream keeps valid "
        "and payload until taken",
        sizes=f"`{config.name}`, layer 1: rows of {width} positions, {layer.outputs} channels",
        method=Method.INDUCTION,
        bench=lambda: Bench(Pool(config, layer), lambda m, dut, internals: _squares(layer, width, m, dut, internals)),
        cover_depth=2 * width + 6,
    )
    yield Proof(
        block="pool",
        name="order",
        claim="the OR of (P ≥ θ) XOR flip over four counts is the neuron of their maximum where flip = 0 and of their "
        "minimum where flip = 1",
        sizes=f"any counts and thresholds: only their order matters, and those up to {_COUNT_MAX + 1} have every order",
        method=Method.ALGEBRA,
        bench=_before_is_after,
    )


def _before_is_after() -> bool:
    counts = np.array(list(itertools.product(range(_COUNT_MAX + 1), repeat=_SIDE**2)))
    for threshold in range(_COUNT_MAX + 2):
        fires = counts >= threshold
        if not np.array_equal(fires.any(axis=1), counts.max(axis=1) >= threshold):
            return False
        if not np.array_equal((~fires).any(axis=1), ~(counts.min(axis=1) >= threshold)):
            return False
    return True


def _squares(layer: Layer, width: int, m: Module, dut: Pool, internals: Internals) -> None:
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    taken = transferred(dut.i)
    bits = dut.i.p.bits

    # The next position: its column, and whether its row is the lower one of squares.
    col, lower = Signal(range(width)), Signal()
    with m.If(taken):
        m.d.sync += [col.eq(Mux(col == width - 1, 0, col + 1)), lower.eq(lower ^ (col == width - 1))]
    end = col[0] & lower

    # An arbitrary square of a row: the OR of its positions so far.
    squares = width // _SIDE
    square = any_constant(m, range(squares), squares)
    begins, ends = col == square << 1, col == (square << 1) + 1
    found = Signal(layer.outputs)
    with m.If(taken & (begins | ends)):
        m.d.sync += found.eq(Mux(begins & ~lower, 0, found) | bits)

    waiting, mine = Signal(), Signal()
    tag = Signal(dut.i.p.tag.as_value().shape())
    with m.If(taken & end):
        m.d.sync += [waiting.eq(1), mine.eq(ends), tag.eq(dut.i.p.tag.as_value())]
    with m.Elif(dut.o.ready):
        m.d.sync += waiting.eq(0)
    # Kept beside `found`, which the next row of squares restarts.
    expected = Signal(layer.outputs)
    with m.If(taken & end & ends):
        m.d.sync += expected.eq(found | bits)
    m.d.comb += [
        Assert(dut.i.ready == (~end | ~waiting | dut.o.ready)),
        Assert(dut.o.valid == waiting),
        Assert(implies(waiting, dut.o.p.tag.as_value() == tag)),
        Assert(implies(waiting & mine, dut.o.p.bits == expected)),
        Cover(waiting & mine & (square == squares - 1) & (expected == 1)),
        Cover(waiting & mine & (square == 0) & transferred(dut.o) & taken),
        # Inductive invariants.
        Assert(col < width),
        Assert(Cat(internals.signal("right"), internals.signal("square")) == col),
        Assert(internals.signal("lower") == lower),
    ]
    above = internals.word("halves", square)
    passed = col > (square << 1) + 1
    left = internals.signal("left")
    m.d.comb += [
        Assert(implies(ends & ~lower, left == found)),
        Assert(implies(Mux(lower, ~ends & ~passed, passed), above == found)),
        Assert(implies(ends & lower, (left | internals.last_read("halves")) == found)),
    ]
