"""Proofs of the line driver."""

from collections.abc import Iterator

from amaranth import Module
from amaranth.hdl import Assert, Cover

from ...config import Layer
from ...config.geometries import geometry
from ...inputs import LineDriver
from ..bench import Bench
from ..claims import any_constant, implies, past
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.inputs.LineDriver`."""
    for config, index in ((geometry("padded_small"), 1), (geometry("padded_small"), 2), (geometry("tiny"), 1)):
        layer = config.layers[index]
        yield Proof(
            block="line_driver",
            name=f"{config.name}_{index}",
            claim="one cycle after a read every input of the group is on its own word line, padding is 0, and it stays "
            "until the next read; the vector is taken with its last read and no other",
            sizes=f"`{config.name}`, layer {index}: {layer.inputs} inputs, {layer.row_tiles} × {layer.groups} groups "
            f"of "
            f"{layer.rows_per_read}",
            method=Method.INDUCTION,
            bench=lambda config=config, layer=layer: Bench(  # type: ignore[misc]
                LineDriver(config, layer), lambda m, dut, internals: _lines(layer, m, dut, internals)
            ),
        )


def _lines(layer: Layer, m: Module, dut: LineDriver, _: Internals) -> None:
    m.d.comb += [
        Assert(dut.o.valid == dut.i.valid),
        Assert(dut.i.ready == (dut.o.read & dut.o.done)),
        Assert(dut.o.tag.as_value() == dut.i.p.tag.as_value()),
    ]
    group = any_constant(m, dut.o.group.shape(), layer.groups)
    read = past(m, dut.o.read & (dut.o.group == group))
    kept = past(m, 1) & ~past(m, dut.o.read)
    vector = past(m, dut.i.p.bits)
    m.d.comb += Cover(read & vector.all())
    places = {(layer.tile_of(n), layer.group_of(n), layer.line_of(n)): n for n in range(layer.inputs)}
    for tile, bits in enumerate(dut.o.bits):
        before = past(m, bits)
        m.d.comb += Assert(implies(kept, bits == before))
        for line in range(layer.rows_per_read):
            for each in range(layer.groups):
                n = places.get((tile, each, line))
                expected = 0 if n is None else vector[n]
                m.d.comb += Assert(implies(read & (group == each), bits[line] == expected))
