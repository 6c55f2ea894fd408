"""Proofs of the comparison of levels."""

from collections.abc import Iterator

from amaranth import Cat, Module, Mux
from amaranth.hdl import Assert, Cover

from ....crossbar.macro import LevelComparator
from ...bench import Bench
from ...internals import Internals
from ...proof import Method, Proof

__all__ = ["proofs"]

#: Bits of a level and tolerances: the smallest, none, both parities, and one that is never exceeded.
_SIZES = ((1, 0), (2, 1), (4, 5), (8, 0), (8, 16), (8, 254), (3, 9))

#: Sizes in the tests.
_FAST = ((1, 0), (8, 16))


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.crossbar.macro.LevelComparator`."""
    for width, tolerance in _SIZES:
        yield Proof(
            block="level_comparator",
            name=f"{width}_{tolerance}",
            claim="a lane is outside where its numbers differ by more than the tolerance",
            sizes=f"{width} {'bit' if width == 1 else 'bits'}, tolerance {tolerance}, 2 lanes",
            method=Method.EQUIVALENCE,
            bench=lambda width=width, tolerance=tolerance: Bench(  # type: ignore[misc]
                LevelComparator(width, 2, tolerance), lambda m, dut, _: _compared(tolerance, m, dut, _)
            ),
            fast=(width, tolerance) in _FAST,
        )


def _compared(tolerance: int, m: Module, dut: LevelComparator, _: Internals) -> None:
    for lane, outside in enumerate(dut.outside):
        a, b = (Cat(plane[lane] for plane in planes) for planes in (dut.a, dut.b))
        m.d.comb += Assert(outside == (Mux(a > b, a - b, b - a) > tolerance))
    m.d.comb += Cover(dut.outside == (0 if tolerance >> len(dut.a) else 1))
