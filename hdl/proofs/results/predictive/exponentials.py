"""Proofs of the exponential by table."""

from collections.abc import Iterator

from amaranth import Array, Module, Mux, Signal
from amaranth.hdl import Assert, Cover

from ....config import PredictiveFormat
from ....results.predictive import Exponentials, exponential_table
from ...bench import Bench
from ...claims import assume_kept, claim_kept, transferred
from ...proof import Method, Proof

__all__ = ["proofs"]

_WEIGHT_WIDTH = 2

#: Cycles: an induction does not know that the table is constant.
_DEPTH = 6


def proofs() -> Iterator[Proof]:
    """Yield the proofs of :class:`~hdl.results.predictive.Exponentials`."""
    for name, fraction, difference_bits in (("exact", 1, 6), ("rounded", 3, 1)):
        measures = PredictiveFormat(
            classes=3,
            logit_width=6,
            fraction=fraction,
            probability_bits=4,
            entropy_bits=4,
            difference_bits=difference_bits,
        )
        yield Proof(
            block="exponentials",
            name=name,
            claim="each difference gives the entry of the table at its rounded index, 0 beyond the end, once and in "
            "order, in the cycle after it was taken, with its pass's weight; the stream keeps valid and payload until "
            "taken",
            sizes=f"differences of {measures.logit_width} bits, {measures.dropped_bits} of them rounded away, "
            f"{len(exponential_table(measures))} entries",
            method=Method.BOUNDED,
            depth=_DEPTH,
            reason="the block holds one beat: its state does not reach further back",
            bench=lambda measures=measures: Bench(  # type: ignore[misc]
                Exponentials(measures, _WEIGHT_WIDTH), lambda m, dut, _: _looked_up(measures, m, dut)
            ),
        )


def _looked_up(measures: PredictiveFormat, m: Module, dut: Exponentials) -> None:
    assume_kept(m, dut.i)
    claim_kept(m, dut.o)
    entries = exponential_table(measures)
    half = 1 << measures.dropped_bits >> 1
    index = Signal(range(measures.index_max + 1))
    m.d.comb += index.eq((dut.i.p.value + half) >> measures.dropped_bits)
    expected = Signal(measures.exponential_width)
    held, final, end = Signal(), Signal(), Signal(dut.i.p.end.shape())
    with m.If(transferred(dut.i)):
        entry = Mux(index < len(entries), Array(entries)[index], 0)
        m.d.sync += [held.eq(1), expected.eq(entry), final.eq(dut.i.p.final), end.eq(dut.i.p.end)]
    with m.Elif(dut.o.ready):
        m.d.sync += held.eq(0)
    m.d.comb += [
        Assert(dut.i.ready == (~held | dut.o.ready)),
        Assert(dut.o.valid == held),
        Assert(~held | (dut.o.p.value == expected)),
        Assert(~held | ((dut.o.p.final == final) & (dut.o.p.end.as_value() == end.as_value()))),
        Cover(transferred(dut.o) & (dut.o.p.value == entries[-1])),
        Cover(transferred(dut.o) & (dut.o.p.value == 0)),
    ]
