"""Sums of probabilities and of -p ln p."""

from amaranth import Cat, Module, Mux, Signal, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import PredictiveFormat
from ...streams.layouts import index_width
from .predictive_tables import surprise_table
from .softmax_layouts import Probability

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
    weight_width : :class:`int`
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
        measures, classes = self._measures, self._measures.classes
        m.submodules.sums = sum_memory = memory.Memory(
            shape=unsigned(self.sum_width), depth=2 << index_width(classes), init=[]
        )
        m.submodules.table = table = memory.Memory(
            shape=unsigned(measures.surprise_max.bit_length()),
            depth=2**measures.probability_bits,
            init=surprise_table(measures),
        )
        reader, writer, fetcher = sum_memory.read_port(), sum_memory.write_port(), sum_memory.read_port()
        surprises = table.read_port()

        beat, take, ends, closing = self.i.p, Signal(), Signal(), Signal()
        m.d.comb += [
            ends.eq(beat.final & beat.end.last),
            self.i.ready.eq(~self.look_up & ~(ends & closing)),
            take.eq(self.i.valid & self.i.ready),
        ]
        bank, index, first = Signal(), Signal.like(self.index), Signal(init=1)
        with m.If(take):
            m.d.sync += index.eq(Mux(beat.final, 0, index + 1))
            with m.If(beat.final):
                m.d.sync += first.eq(beat.end.last)
            with m.If(ends):
                m.d.sync += [bank.eq(~bank), closing.eq(1)]

        # 0 and 1 share an entry of the table: the surprise of both is 0.
        m.d.comb += [
            reader.en.eq(take),
            reader.addr.eq(Cat(index, bank)),
            fetcher.en.eq(self.fetch),
            fetcher.addr.eq(Cat(self.index, ~bank)),
            self.fetched.eq(fetcher.data),
            surprises.en.eq(take | self.look_up),
            surprises.addr.eq(Mux(self.look_up, self.probability, beat.value)),
            self.surprise.eq(surprises.data),
        ]

        # In the cycle after a probability was taken its sum is written and its surprise is weighted; in the next the
        # surprise is added. A class recurs at the earliest two cycles later.
        weight = beat.end.weight if self._weight_width else 1
        adding, adding_first, adding_start, adding_end = (
            Signal(name=f"adding{s}") for s in ("", "_first", "_start", "_end")
        )
        adding_weight, place = Signal(max(1, self._pass_weight_width)), Signal.like(reader.addr)
        weighted = Signal(measures.probability_width + self._pass_weight_width)
        m.d.sync += adding.eq(take)
        with m.If(take):
            m.d.sync += [
                weighted.eq(beat.value * weight),
                adding_weight.eq(weight),
                adding_first.eq(first),
                adding_start.eq(first & (index == 0)),
                adding_end.eq(ends),
                place.eq(Cat(index, bank)),
            ]
        m.d.comb += [
            writer.en.eq(adding),
            writer.addr.eq(place),
            writer.data.eq(Mux(adding_first, 0, reader.data) + weighted),
        ]

        total, total_before = Signal(self._total_width), Signal(self._total_width)
        m.d.comb += total.eq(Mux(first, 0, total_before) + weight)
        with m.If(take & beat.final):
            m.d.sync += total_before.eq(total)

        summing, summing_start, summing_end = (Signal(name=f"summing{s}") for s in ("", "_start", "_end"))
        term = Signal(len(self.surprise) + self._pass_weight_width)
        m.d.sync += [
            summing.eq(adding),
            summing_start.eq(adding_start),
            summing_end.eq(adding & adding_end),
            term.eq(surprises.data * adding_weight),
        ]
        entropy, entropy_before = Signal.like(self.o.p.surprise), Signal.like(self.o.p.surprise)
        m.d.comb += entropy.eq(Mux(summing_start, 0, entropy_before) + term)
        with m.If(summing):
            m.d.sync += entropy_before.eq(entropy)

        with m.If(adding & adding_end):
            m.d.sync += self.o.p.weight.eq(total_before)
        with m.If(summing_end):
            m.d.sync += [self.o.valid.eq(1), self.o.p.surprise.eq(entropy)]
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += [self.o.valid.eq(0), closing.eq(0)]

        return m
