"""Sum of -p ln p over passes."""

from amaranth import Module, Mux, Signal, unsigned
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from ...config import PredictiveFormat
from .predictive_tables import surprise_table

__all__ = ["SurpriseSum"]


class SurpriseSum(wiring.Component):
    """Table of -p ln p, and weighted sums of it.

    A sum is that of the entries for all probabilities of an input. Takes a probability a cycle, but none while the
    table is read through ``look_up``. The sum is there in the cycle of ``done``, two cycles after the last probability
    was taken.

    Parameters
    ----------
    measures : :class:`PredictiveFormat`
        Formats.
    pass_weight_width : :class:`int`
        Bits of the weight of a pass; with 0 all weigh 1.
    sum_width : :class:`int`
        Bits of the sum.

    Members
    -------
    take : :py:`In(1)`
        Take a probability.
    value, weight : :py:`In(probability_width)`, :py:`In(pass_weight_width)`
        The probability, and the weight of its pass where that has bits.
    start, end : :py:`In(1)`
        It is the first, or the last, of its input.
    o, done : :py:`Out(sum_width)`, :py:`Out(1)`
        The sum of an input, in the cycle in which it is complete.
    closing : :py:`Out(1)`
        The cycle before ``done``.
    look_up, probability : :py:`In(1)`, :py:`In(probability_width)`
        Read the table.
    surprise : :py:`Out(entropy_width)`
        -p ln p of the probability, in the next cycle.
    """

    def __init__(self, measures: PredictiveFormat, pass_weight_width: int, sum_width: int):
        self._measures = measures
        self._pass_weight_width = pass_weight_width
        super().__init__(
            {
                "take": In(1),
                "value": In(measures.probability_width),
                **({"weight": In(pass_weight_width)} if pass_weight_width else {}),
                "start": In(1),
                "end": In(1),
                "o": Out(sum_width),
                "done": Out(1),
                "closing": Out(1),
                "look_up": In(1),
                "probability": In(measures.probability_width),
                "surprise": Out(measures.surprise_max.bit_length()),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        measures = self._measures
        m.submodules.table = table = memory.Memory(
            shape=unsigned(measures.surprise_max.bit_length()),
            depth=2**measures.probability_bits,
            init=surprise_table(measures),
        )
        reader = table.read_port()
        # 0 and 1 share an entry of the table: the surprise of both is 0.
        m.d.comb += [
            reader.en.eq(self.take | self.look_up),
            reader.addr.eq(Mux(self.look_up, self.probability, self.value)),
            self.surprise.eq(reader.data),
        ]

        # In the cycle after a probability was taken its surprise is weighted, in the next that is added.
        stages = ("weighing", "adding")
        valid, start, end = ([Signal(name=f"{stage}{s}") for stage in stages] for s in ("", "_start", "_end"))
        term = Signal(len(self.surprise) + self._pass_weight_width)
        before = Signal.like(self.o)
        m.d.sync += [valid[0].eq(self.take), valid[1].eq(valid[0])]
        with m.If(self.take):
            m.d.sync += [start[0].eq(self.start), end[0].eq(self.end)]
        m.d.comb += self.closing.eq(valid[0] & end[0])
        m.d.sync += [start[1].eq(start[0]), end[1].eq(self.closing)]
        if self._pass_weight_width:
            weight = Signal.like(self.weight)
            with m.If(self.take):
                m.d.sync += weight.eq(self.weight)
            m.d.sync += term.eq(reader.data * weight)
        else:
            m.d.sync += term.eq(reader.data)
        m.d.comb += [self.o.eq(Mux(start[1], 0, before) + term), self.done.eq(end[1])]
        with m.If(valid[1]):
            m.d.sync += before.eq(self.o)
        return m
