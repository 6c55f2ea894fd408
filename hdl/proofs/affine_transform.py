"""Proofs of the affine map of counts."""

import functools
from collections.abc import Iterator

import numpy as np
from amaranth import Array, Module, Mux, Signal, Value
from amaranth.hdl import Assert, Assume, Cover

from ..affine_transform import AffineTransform
from ..config import CoreConfig, Layer
from ..layouts import layer_mask
from ..program import Integers
from .bench import Bench
from .claims import assume_kept, claim_kept, implies, transferred
from .geometries import six, two
from .internals import Internals
from .proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.affine_transform.AffineTransform`."""
    for config in (two(), six()):
        layer = config.layers[0]
        dut = AffineTransform(config, layer)
        # The whole of one vector, and so much of the next that its first planes can be seen.
        depth = layer.neuron_lines + dut.width + dut.gain_width // 2
        yield Proof(
            block="affine_transform",
            name=config.name,
            claim="plane i of a vector is bit i of G P + C + 2^(width − 1) for the G and C that its mask bits choose, "
            "with its tag; each vector gives width planes, the lowest first, and is taken with the last; the stream "
            "keeps valid and payload until taken",
            sizes=f"`{config.name}`: {layer.outputs} channels, counts of {layer.count_width} bits, {dut.width} planes, "
            f"{layer.choices} choices of random gains and constants",
            method=Method.BOUNDED,
            bench=lambda config=config, layer=layer: _bench(config, layer),  # type: ignore[misc]
            depth=depth,
            cover_depth=depth,
            reason="every vector begins with the same state, so that one and the beginning of the next are enough for "
            "vectors that are transformed from reset on; row commands are left to the tests",
        )


def _bench(config: CoreConfig, layer: Layer) -> Bench:
    numbers = np.random.default_rng(layer.outputs)
    contents = {
        member.name: numbers.integers(member.lowest, member.highest, (layer.outputs, layer.choices), endpoint=True)
        for member in layer.members
    }
    dut = AffineTransform(config, layer, contents=contents)
    return Bench(dut, functools.partial(_planes, layer, contents))


def _planes(layer: Layer, contents: dict[str, Integers], m: Module, dut: AffineTransform, _: Internals) -> None:
    width = dut.width
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    m.d.comb += Assume(~dut.command.valid)

    # What the vector at the input should give, and what the one that was taken last should have given.
    choice = layer_mask(dut.i.p.tag, layer)
    present, taken = (
        [Signal(width, name=f"{name}_{lane}") for lane in range(layer.outputs)] for name in ("a", "taken")
    )
    tag = Signal(dut.i.p.tag.as_value().shape())
    for lane, a in enumerate(present):
        count: Value = Signal(layer.count_width, name=f"count_{lane}")
        m.d.comb += [count[bit].eq(dut.i.p.planes[bit][lane]) for bit in range(layer.count_width)]
        m.d.comb += Assume(count <= layer.count_max)
        gain, constant = (Array(map(int, contents[name][lane]))[choice] for name in ("gains", "constants"))
        m.d.comb += a.eq(gain * count + constant + (1 << width - 1))
    with m.If(transferred(dut.i)):
        m.d.sync += [old.eq(new) for old, new in zip(taken, present, strict=True)]
        m.d.sync += tag.eq(dut.i.p.tag.as_value())

    # The vector is taken when its last plane is made, which is seen a cycle later.
    plane, vectors = Signal(range(width)), Signal(2)
    highest = plane == width - 1
    with m.If(transferred(dut.o)):
        m.d.sync += plane.eq(Mux(highest, 0, plane + 1))
    with m.If(transferred(dut.i)):
        m.d.sync += vectors.eq(vectors + 1)
    shown, given = Mux(highest, tag, dut.i.p.tag.as_value()), Signal(layer.outputs)
    for lane, (old, new) in enumerate(zip(taken, present, strict=True)):
        m.d.comb += given[lane].eq(Mux(highest, old[-1], new.bit_select(plane, 1)))
    last_made = Signal()
    m.d.sync += last_made.eq(transferred(dut.i) | (last_made & ~transferred(dut.o)))
    m.d.comb += [
        Assert(implies(dut.o.valid, dut.i.valid | highest)),
        Assert(implies(dut.o.valid, dut.o.p.bits == given)),
        Assert(implies(dut.o.valid, dut.o.p.tag.as_value() == shown)),
        Assert(implies(dut.o.valid, last_made == highest)),
        Cover(dut.o.valid & highest & dut.o.p.bits.all()),
        Cover(dut.o.valid & highest & ~dut.o.p.bits.any()),
        Cover(dut.o.valid & (vectors == 1) & (plane == 1)),
    ]
