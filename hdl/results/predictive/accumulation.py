"""Sums of probabilities and of -p ln p."""

from amaranth import Cat, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import PredictiveFormat
from ...streams import index_width
from .probability_sums import ProbabilitySums
from .softmax_layouts import Probability
from .surprise_sum import SurpriseSum

__all__ = ["Accumulation", "Totals"]


class Totals(data.StructLayout):
    """Totals of one input over all classes.

    Members
    -------
    surprise : :py:`unsigned(total_width + entropy_width)`
        Σ weight · Σ_c -p_c ln p_c.
    weight : :py:`unsigned(total_width)`
        Σ weight.
    """

    def __init__(self, measures: PredictiveFormat, total_width: int):
        super().__init__({"surprise": total_width + measures.entropy_width, "weight": total_width})


class Accumulation(wiring.Component):
    """Weighted sums over the passes of an input.

    In two banks: the sums of an input are kept until they are released, while the next one's are accumulated.

    Takes a probability a cycle except while the table is read through ``look_up``, in fewer cycles than
    :class:`~hdl.results.Statistics` takes no logits; and not the last of an input while the sums of the previous
    one are kept. Totals are valid three cycles after the last probability was taken.

    Parameters
    ----------
    measures : :class:`PredictiveFormat`
        Formats.
    pass_weight_width : :class:`int`
        Bits of the weight of a pass; with 0 each weight is 1.
    total_width : :class:`int`
        Bits of the sum of the weights of an input.

    Members
    -------
    i : :py:`In(stream.Signature(Probability(measures, pass_weight_width)))`
        Probabilities: the classes of a pass in order, the passes of an input one after the other.
    o : :py:`Out(stream.Signature(Totals(measures, total_width)))`
        Totals of an input. Taking them releases its sums.
    fetch, index : :py:`In(1)`, :py:`In(index_width(classes))`
        Read the sum of a class, of the input whose totals are at ``o``.
    fetched : :py:`Out(sum_width)`
        The sum, in the next cycle: Σ weight · p.
    look_up, probability : :py:`In(1)`, :py:`In(probability_width)`
        Read the table.
    surprise : :py:`Out(entropy_width)`
        -p ln p of the probability, in the next cycle.
    """

    def __init__(self, measures: PredictiveFormat, pass_weight_width: int, total_width: int):
        self._measures = measures
        self._pass_weight_width = pass_weight_width
        self._total_width = total_width
        super().__init__(
            {
                "i": In(stream.Signature(Probability(measures, pass_weight_width))),
                "o": Out(stream.Signature(Totals(measures, total_width))),
                "fetch": In(1),
                "index": In(index_width(measures.classes)),
                "fetched": Out(self.sum_width),
                "look_up": In(1),
                "probability": In(measures.probability_width),
                "surprise": Out(measures.surprise_max.bit_length()),
            }
        )

    @property
    def sum_width(self) -> int:
        """Bits of the sum of the probabilities of a class."""
        return self._total_width + self._measures.probability_bits

    def elaborate(self, platform: object) -> Module:
        m = Module()
        measures, pass_weight_width, beat = self._measures, self._pass_weight_width, self.i.p
        m.submodules.probabilities = sums = ProbabilitySums(
            len(self.index) + 1, measures.probability_width, pass_weight_width, self.sum_width
        )
        m.submodules.surprises = surprises = SurpriseSum(measures, pass_weight_width, len(self.o.p.surprise))

        take = Signal()
        ends = Signal()
        closing = Signal()
        m.d.comb += [
            ends.eq(beat.final & beat.end.last),
            self.i.ready.eq(~self.look_up & ~(ends & closing)),
            take.eq(self.i.valid & self.i.ready),
        ]
        bank = Signal()
        index = Signal.like(self.index)
        first = Signal(init=1)
        with m.If(take):
            m.d.sync += index.eq(Mux(beat.final, 0, index + 1))
            with m.If(beat.final):
                m.d.sync += first.eq(beat.end.last)
            with m.If(ends):
                m.d.sync += [bank.eq(~bank), closing.eq(1)]

        for part in (sums, surprises):
            m.d.comb += [part.take.eq(take), part.value.eq(beat.value)]
            m.d.comb += [part.weight.eq(beat.end.weight)] if pass_weight_width else []
        m.d.comb += [
            sums.place.eq(Cat(index, bank)),
            sums.first.eq(first),
            sums.fetch.eq(self.fetch),
            sums.fetched_place.eq(Cat(self.index, ~bank)),
            self.fetched.eq(sums.fetched),
            surprises.start.eq(first & (index == 0)),
            surprises.end.eq(ends),
            surprises.look_up.eq(self.look_up),
            surprises.probability.eq(self.probability),
            self.surprise.eq(surprises.surprise),
        ]

        total = Signal(self._total_width)
        with m.If(take & beat.final):
            m.d.sync += total.eq(Mux(first, 0, total) + (beat.end.weight if pass_weight_width else 1))
        with m.If(surprises.closing):
            m.d.sync += self.o.p.weight.eq(total)
        with m.If(surprises.done):
            m.d.sync += [self.o.valid.eq(1), self.o.p.surprise.eq(surprises.o)]
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += [self.o.valid.eq(0), closing.eq(0)]

        return m
