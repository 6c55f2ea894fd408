"""Proofs of the accumulator."""

import dataclasses
from collections.abc import Iterator

from amaranth import Array, Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...config import HardwareConfig, Layer
from ...config.geometries import geometry
from ...crossbar import Accumulator
from ..bench import Bench
from ..claims import implies
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Bits by which the reference sum is wider than the block's.
_SPARE = 4

#: Columns are independent, so two are as good as many.
_OUTPUTS = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.crossbar.Accumulator`."""
    for name, pipeline in (("padded_small", 0), ("padded_small", 1), ("tiny", 0), ("digits", 0), ("digits", 1)):
        config = geometry(name)
        layer = dataclasses.replace(config.layers[0], outputs=_OUTPUTS)
        hardware = HardwareConfig(pipeline=pipeline)
        yield Proof(
            block="accumulator",
            name=f"{config.name}_{pipeline}",
            claim="the sum over a vector's reads, doubled before each lower bit plane, fits its width and is what a "
            "wider "
            "sum is",
            sizes=f"`{config.name}`, layer 0: {layer.row_tiles} row tiles, {layer.groups} groups, {layer.input_bits} "
            f"planes, sums of {layer.count_width} bits, {'registered' if hardware.sums_registered else 'direct'}",
            method=Method.INDUCTION,
            bench=lambda layer=layer, hardware=hardware: Bench(  # type: ignore[misc]
                Accumulator(layer, hardware), lambda m, dut, internals: _summed(layer, hardware, m, dut, internals)
            ),
            cover_depth=layer.reads + 3,
            fast=name != "digits",
        )


def _summed(layer: Layer, hardware: HardwareConfig, m: Module, dut: Accumulator, internals: Internals) -> None:
    # Lines that hold inputs, and so the largest count of a read, and the bound of the sum after each read.
    held = [sum(layer.group_of(n) == group for n in range(layer.inputs)) for group in range(layer.groups)]
    largest = [0]
    for read in range(layer.reads):
        group = read % layer.groups
        largest.append((2 if group == 0 else 1) * largest[-1] + held[group])

    # Reads in order: groups of a plane, and planes from the highest.
    place = Signal(range(max(2, layer.reads)))
    begun = Signal()
    final = place == layer.reads - 1
    with m.If(dut.add):
        m.d.sync += [place.eq(Mux(final, 0, place + 1)), begun.eq(1)]
    begins_plane = Cat(place == read for read in range(0, layer.reads, layer.groups)).any()
    m.d.comb += [
        Assume(implies(dut.add, (dut.clear == (place == 0)) & (dut.shift == begins_plane))),
        Assert(place < layer.reads),
        Assert(implies(place != 0, begun)),
    ]
    bound = Array(largest)[Mux(place == 0, layer.reads, place)]

    for output in range(layer.outputs):
        counts = [Cat(plane[output] for plane in planes) for planes in dut.counts]
        added = Signal(layer.count_width + _SPARE, name=f"added_{output}")
        if hardware.sums_registered:
            m.d.sync += added.eq(sum(counts[1:], counts[0]))
            # Inductive invariants.
            for plane, kept in enumerate(internals.signals("summed")):
                m.d.comb += Assert(kept[output] == added[plane])
        else:
            m.d.comb += added.eq(sum(counts[1:], counts[0]))
        m.d.comb += Assume(implies(dut.add, added <= Array(held)[place % layer.groups]))

        total = Signal(layer.count_width + _SPARE, name=f"total_{output}")
        before = Mux(dut.clear, 0, Mux(dut.shift, total << 1, total))
        with m.If(dut.add):
            m.d.sync += total.eq(before + added)
        m.d.comb += [
            Assert(Cat(plane[output] for plane in dut.total) == total),
            # Bounds that exclude overflow.
            Assert(implies(begun, total <= bound)),
            Assert(implies(~begun, total == 0)),
            Cover(begun & (place == 0) & (total == layer.count_max)),
        ]
