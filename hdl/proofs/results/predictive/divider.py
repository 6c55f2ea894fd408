"""Proofs of division."""

from collections.abc import Iterator

from amaranth import Module, Signal
from amaranth.hdl import Assert, Assume, Cover

from ....results.predictive import Divider
from ...bench import Bench
from ...claims import assume_kept, claim_kept, implies, transferred
from ...internals import Internals
from ...proof import Method, Proof

__all__ = ["proofs"]

#: Bits of numerator, denominator and quotient, and bits of the quotient per cycle. In the second the last cycle finds
#: more bits than are left.
_SIZES = ((6, 4, 4, 2), (7, 4, 5, 2), (6, 3, 4, 1))


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.results.predictive.Divider`."""
    for sizes in _SIZES:
        numerator, denominator, quotient, bits = sizes
        yield Proof(
            block="divider",
            name=f"by_{numerator}_{denominator}_{quotient}_{bits}",
            claim="each fraction gives its quotient, rounded down, once and in order, a fixed number of cycles after "
            "it was taken unless the quotient before waits; the stream keeps valid and payload until taken",
            sizes=f"{numerator} by {denominator} bits, quotients of {quotient}, {bits} in a cycle",
            method=Method.INDUCTION,
            bench=lambda sizes=sizes: Bench(  # type: ignore[misc]
                Divider(*sizes[:-1], bits_per_cycle=sizes[-1]),
                lambda m, dut, internals: _divided(sizes, m, dut, internals),
            ),
            cover_depth=3 * (quotient // bits + 3),
        )


def _divided(sizes: tuple[int, int, int, int], m: Module, dut: Divider, internals: Internals) -> None:
    """Claim the quotients: one fraction is being divided while another one's quotient waits."""
    _, _, quotient, bits = sizes
    fraction, waiting = Signal(dut.i.p.shape()), Signal(dut.i.p.shape())
    inside, done = Signal(), Signal()
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    # Quotients fit, as the contract of the block demands.
    given = dut.i.p
    m.d.comb += Assume(implies(dut.i.valid, given.numerator < given.denominator << quotient))
    steps = dut.cycles - 1
    left = Signal(range(steps + 1))
    finishes = inside & (left == 1) & (~done | dut.o.ready)
    with m.If(transferred(dut.i)):
        m.d.sync += [fraction.eq(given), inside.eq(1), left.eq(steps)]
    with m.Elif(finishes):
        m.d.sync += [inside.eq(0), left.eq(0)]
    with m.Elif(left > 1):
        m.d.sync += left.eq(left - 1)
    with m.If(finishes):
        m.d.sync += [waiting.eq(fraction), done.eq(1)]
    with m.Elif(dut.o.ready):
        m.d.sync += done.eq(0)

    product = dut.o.payload * waiting.denominator
    m.d.comb += [
        Assert(dut.i.ready == ~inside),
        Assert(dut.o.valid == done),
        Assert(implies(done, (product <= waiting.numerator) & (waiting.numerator < product + waiting.denominator))),
        Cover(transferred(dut.o) & inside & (dut.o.payload == 2**quotient - 1)),
    ]

    # Inductive invariants: the divided part and the rest make the numerator.
    todo, low, remainder = (internals.signal(name) for name in ("todo", "low", "remainder"))
    divisor = internals.signal("denominator")
    m.d.comb += [
        Assert(internals.signal("busy") == inside),
        Assert(todo == left),
        Assert(left <= steps),
        Assert(inside == (left != 0)),
        Assert(implies(inside, (divisor == fraction.denominator) & (remainder < divisor))),
        Assert(implies(inside, fraction.numerator < fraction.denominator << quotient)),
    ]
    for steps_left in range(1, steps + 1):
        place = steps_left * bits
        found, rest = low[: len(low) - place], low[len(low) - place :]
        whole = ((found * fraction.denominator + remainder) << place) + rest
        m.d.comb += Assert(implies(inside & (left == steps_left), whole == fraction.numerator))
