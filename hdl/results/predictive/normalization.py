"""Normalization of exponentials to probabilities."""

from amaranth import Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import PredictiveFormat
from ...streams import StreamQueue
from .divider import Divider
from .softmax_layouts import Exponential, PassEnd, Probability

__all__ = ["Normalization"]

#: Passes that enter, wait for their reciprocal, and are sent at the same time.
_PASSES = 3


class Normalization(wiring.Component):
    """Normalization of exponentials by the pass's sum.

    p = (e · ⌊2^r / sum⌋ + half) >> (r - b).

    Takes an exponential a cycle; a pass every :attr:`cycles` cycles. The first share appears :attr:`latency` cycles
    after the last exponential of its pass was taken, then one a cycle.

    Parameters
    ----------
    measures : :class:`PredictiveFormat`
        Formats.
    pass_weight_width : :class:`int`
        Bits of the weight of a pass.

    Members
    -------
    i : :py:`In(stream.Signature(Exponential(measures, pass_weight_width)))`
        Exponentials; the largest of each pass is at least 1.
    o : :py:`Out(stream.Signature(Probability(measures, pass_weight_width)))`
        Their shares.
    """

    def __init__(self, measures: PredictiveFormat, pass_weight_width: int):
        self._measures = measures
        self._pass_weight_width = pass_weight_width
        self._divider = Divider(measures.reciprocal_bits + 1, measures.total_width, measures.reciprocal_width)
        super().__init__(
            {
                "i": In(stream.Signature(Exponential(measures, pass_weight_width))),
                "o": Out(stream.Signature(Probability(measures, pass_weight_width))),
            }
        )

    @property
    def cycles(self) -> int:
        """Cycles from one pass to the next."""
        return max(self._measures.classes, self._divider.cycles)

    @property
    def latency(self) -> int:
        """Cycles from the last exponential of a pass to its first share, without backpressure."""
        return self._divider.cycles + 1

    def elaborate(self, platform: object) -> Module:
        m = Module()
        measures = self._measures
        m.submodules.divider = divider = self._divider
        parts = data.StructLayout({"final": 1, "value": measures.exponential_width})
        m.submodules.shares = shares = StreamQueue(parts, _PASSES * measures.classes)
        m.submodules.ends = known = StreamQueue(PassEnd(self._pass_weight_width), _PASSES)

        beat = self.i.p
        take = Signal()
        sum_before = Signal(measures.total_width)
        total = Signal(measures.total_width)
        m.d.comb += [
            self.i.ready.eq(shares.i.ready & (~beat.final | (known.i.ready & divider.i.ready))),
            take.eq(self.i.valid & self.i.ready),
            total.eq(sum_before + beat.value),
            shares.i.valid.eq(take),
            shares.i.p.value.eq(beat.value),
            shares.i.p.final.eq(beat.final),
            known.i.valid.eq(take & beat.final),
            known.i.payload.eq(beat.end),
            divider.i.valid.eq(take & beat.final),
            divider.i.p.numerator.eq(1 << measures.reciprocal_bits),
            divider.i.p.denominator.eq(total),
        ]
        with m.If(take):
            m.d.sync += sum_before.eq(Mux(beat.final, 0, total))

        step = Signal()
        give = Signal()
        share, final = shares.o.p.value, shares.o.p.final
        product = Signal(measures.reciprocal_bits + 1)
        shift = measures.reciprocal_bits - measures.probability_bits
        m.d.comb += [
            step.eq(~self.o.valid | self.o.ready),
            give.eq(step & divider.o.valid & shares.o.valid & known.o.valid),
            shares.o.ready.eq(give),
            known.o.ready.eq(give & final),
            divider.o.ready.eq(give & final),
            self.o.p.value.eq((product + (1 << shift - 1)) >> shift),
        ]
        with m.If(step):
            m.d.sync += [
                self.o.valid.eq(give),
                product.eq(share * divider.o.payload),
                self.o.p.final.eq(final),
                self.o.p.end.eq(known.o.payload),
            ]

        return m
