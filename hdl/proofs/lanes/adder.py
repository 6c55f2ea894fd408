"""Proofs of bit-sliced addition."""

import functools
from collections.abc import Iterator

from amaranth import Cat, Const, Module
from amaranth.hdl import Assert, Cover

from ...lanes import Adder
from ..bench import Bench
from ..counting import agreement
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

_WIDTH = 24
_LANES = 2


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.lanes.Adder`."""
    for agrees in (False, True):
        yield Proof(
            block="adder",
            name="agreement" if agrees else "plain",
            claim="the sum is a + b" + (", and 1 more where the word agrees with the bit" if agrees else ""),
            sizes=f"{_WIDTH} planes, {_LANES} lanes",
            method=Method.EQUIVALENCE,
            bench=lambda agrees=agrees: Bench(
                Adder(_WIDTH, _LANES, agreement=agrees), functools.partial(_added, agrees)
            ),  # type: ignore[misc]
        )


def _added(agrees: bool, m: Module, dut: Adder, _: Internals) -> None:
    for lane in range(_LANES):
        a, b, found = (Cat(plane[lane] for plane in planes) for planes in (dut.a, dut.b, dut.sum))
        more = agreement(dut.w[lane], dut.x) if agrees else Const(0, 1)
        m.d.comb += [Assert(found == a + b + more), Cover(found.all() | (a.all() & b.all()))]
