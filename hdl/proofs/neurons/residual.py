"""Proofs of the residual connection."""

import functools
from collections.abc import Iterator

from amaranth import Cat, Module, Mux
from amaranth.hdl import Assert, Assume, Cover

from ...config import Layer
from ...config.geometries import geometry
from ...neurons import Residual
from ..bench import Bench
from ..claims import implies, transferred
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.Residual`."""
    config = geometry("images")
    layer = config.layers[1]
    yield Proof(
        block="residual",
        name=config.name,
        claim="the sum is P + r a for every count that the convolution can give, without overflow, and has its tag; "
        "counts and activations are taken together and only when their sum is",
        sizes=f"`{config.name}`, layer 1: {layer.outputs} channels, counts of {layer.count_width} bits, "
        f"r = {layer.skip_gain}",
        method=Method.EQUIVALENCE,
        bench=lambda: Bench(Residual(config, layer), functools.partial(_added, layer)),
    )


def _added(layer: Layer, m: Module, dut: Residual, _: Internals) -> None:
    m.d.comb += [
        Assert(dut.o.valid == (dut.i.valid & dut.skip.valid)),
        Assert(transferred(dut.i) == transferred(dut.o)),
        Assert(transferred(dut.skip) == transferred(dut.o)),
        Assert(dut.o.p.tag.as_value() == dut.i.p.tag.as_value()),
    ]
    for channel in range(layer.outputs):
        count, total = (Cat(plane[channel] for plane in stream.p.planes) for stream in (dut.i, dut.o))
        activation = dut.skip.payload[channel]
        m.d.comb += [
            Assume(count <= layer.inputs),
            Assert(total == count + Mux(activation, layer.skip_gain, 0)),
            Assert(implies(total == layer.count_max, activation)),
            Cover(total == layer.count_max),
        ]
