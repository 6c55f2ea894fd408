"""Proofs of the comparison of codes with draws."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ...config import Layer
from ...config.geometries import variant
from ...crossbar import WeightSampler
from ..bench import Bench
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.crossbar.WeightSampler`."""
    for generators, col_tile in ((1, 0), (3, 1), (5, 0)):
        config = variant("drawn_tiles", f"drawn_read_{generators}", bayes={"generators": generators})
        layer = config.layers[0]
        yield Proof(
            block="weight_sampler",
            name=f"generators_{generators}",
            claim="a weight is +1 where d' is less than its code, d' being the draw of generator m mod G for output m, "
            "its lowest bit cleared where all its bits are 1",
            sizes=f"{layer.rows_per_read} lines, columns {col_tile * layer.cols} to {(col_tile + 1) * layer.cols - 1}, "
            f"G = {generators}, k = {layer.weight_bits}",
            method=Method.EQUIVALENCE,
            bench=lambda layer=layer, col_tile=col_tile: Bench(  # type: ignore[misc]
                WeightSampler(layer, col_tile), lambda m, dut, _: _compared(layer, col_tile, m, dut, _)
            ),
            fast=col_tile > 0,
        )


def _compared(layer: Layer, col_tile: int, m: Module, dut: WeightSampler, _: Internals) -> None:
    if layer.sampling is None:
        raise ValueError(f"layer must draw its weights, not {layer!r}")
    bits, generators = layer.weight_bits, layer.sampling.generators
    for line, word in enumerate(dut.words):
        for column in range(layer.cols):
            lane = line * generators + (col_tile * layer.cols + column) % generators
            draw, code, limit = Signal(bits), Signal(bits), Signal(bits)
            m.d.comb += [
                draw.eq(Cat(plane[lane] for plane in dut.draws)),
                code.eq(Cat(row[column] for row in list(dut.codes)[line * bits : (line + 1) * bits])),
                limit.eq(Mux(draw == layer.sampling.certain, layer.sampling.certain - 1, draw)),
                Assert(word[column] == (limit < code)),
                # The code that is always +1, and the code that never is.
                Assert(word[column] | (code != layer.sampling.certain)),
                Assert(~word[column] | (code != 0)),
                Cover((code == draw) & (code == layer.sampling.certain)),
            ]
