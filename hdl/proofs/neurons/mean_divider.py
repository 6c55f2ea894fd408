"""Proofs of the division by a constant."""

from collections.abc import Iterator

from amaranth import Module, Mux, Signal
from amaranth.hdl import Assert, Assume, Cover

from ...neurons import MeanDivider
from ..bench import Bench
from ..claims import implies
from ..internals import Internals
from ..proof import Method, Proof

__all__ = ["proofs"]

#: Bits of the quotient and divisor.
_SIZES = ((4, 3), (4, 6), (3, 7), (4, 4))


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.neurons.MeanDivider`."""
    for width, divisor in _SIZES:
        yield Proof(
            block="mean_divider",
            name=f"by_{divisor}_{width}",
            claim="each dividend gives its quotient, rounded down, a fixed number of cycles after the start, and keeps "
            "it until the next",
            sizes=f"quotients of {width} bits, divisor {divisor}",
            method=Method.INDUCTION,
            bench=lambda width=width, divisor=divisor: Bench(  # type: ignore[misc]
                MeanDivider(width, divisor), lambda m, dut, internals: _divided(width, divisor, m, dut, internals)
            ),
            cover_depth=width + 4,
        )


def _divided(width: int, divisor: int, m: Module, dut: MeanDivider, internals: Internals) -> None:
    dividend, started = Signal.like(dut.dividend), Signal()
    # Cycles until the quotient is there.
    left = Signal(range(width + 1))
    with m.If(dut.start):
        m.d.sync += [dividend.eq(dut.dividend), started.eq(1), left.eq(dut.cycles)]
    with m.Else():
        m.d.sync += left.eq(Mux(left == 0, 0, left - 1))
    quotient = dut.quotient
    m.d.comb += [
        Assume(implies(dut.start, (left == 0) & (dut.dividend < divisor << width))),
        Assert(dut.ready == (left == 0)),
        Assert(
            implies(started & (left == 0), (quotient * divisor <= dividend) & (dividend < quotient * divisor + divisor))
        ),
        Cover(started & (left == 0) & (quotient == 2**width - 1)),
        Cover(dut.start & started),
        # Inductive invariants.
        Assert(left <= dut.cycles),
        Assert(implies(left != 0, started)),
        Assert(dividend < divisor << width),
    ]
    if not dut.cycles:
        return
    m.d.comb += Assert(internals.signal("left") == left)
    # The unread bits of the dividend, the bits of the quotient, and the remainder.
    remainder = internals.signal("remainder")
    for steps in range(1, width + 1):
        rest, found = quotient[width - steps :], quotient[: width - steps]
        whole = (found * divisor + remainder << steps) + rest
        m.d.comb += Assert(implies(left == steps, (whole == dividend) & (remainder < divisor)))
    whole = quotient * divisor + remainder
    m.d.comb += Assert(implies(started & (left == 0), (whole == dividend) & (remainder < divisor)))
