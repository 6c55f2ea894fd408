"""Proofs of the counts of converters."""

from collections.abc import Iterator

from amaranth import Cat, Module
from amaranth.hdl import Assert, Assume, Cover

from ....config import CoreConfig
from ....config.geometries import variant
from ....crossbar.macro import ConvertedCounts
from ...bench import Bench
from ...internals import Internals
from ...proof import Method, Proof

__all__ = ["proofs"]

#: Columns are independent: two are as good as many.
_COLS = 2

#: Code widths in the tests.
_FAST = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.crossbar.macro.ConvertedCounts`."""
    for bits in (1, 2, 3):
        config = variant("macro_tiles", f"macro_adc_{bits}", macro={"sense": "adc", "adc_bits": bits})
        layer = config.layers[0]
        for row_tile in range(layer.row_tiles):
            yield Proof(
                block="converted_counts",
                name=f"{bits}_{row_tile}",
                claim="the count of each column is its code in agreements, but never more than the word lines that "
                "hold an input: what is added cannot overflow whatever the converter says",
                sizes=f"codes of {bits} {'bit' if bits == 1 else 'bits'}, {layer.rows_per_read} lines, {layer.groups} "
                f"groups, row tile {row_tile}",
                method=Method.EQUIVALENCE,
                bench=lambda config=config, row_tile=row_tile: Bench(  # type: ignore[misc]
                    ConvertedCounts(config, config.layers[0], row_tile),
                    lambda m, dut, _: _counted(config, row_tile, m, dut, _),
                ),
                fast=bits == _FAST,
            )


def _counted(config: CoreConfig, row_tile: int, m: Module, dut: ConvertedCounts, _: Internals) -> None:
    layer = config.layers[0]
    m.d.comb += Assume(dut.group < layer.groups)
    for column in range(_COLS):
        code, count = (Cat(plane[column] for plane in planes) for planes in (dut.codes, dut.count))
        agreements = code << config.sensing.adc_shift(layer)
        for group in range(layer.groups):
            held = sum((layer.tile_of(n), layer.group_of(n)) == (row_tile, group) for n in range(layer.inputs))
            wanted = (count == agreements) | ((count == held) & (agreements > held))
            m.d.comb += Assert((dut.group != group) | (wanted & (count <= held)))
        m.d.comb += Cover(count != 0)
