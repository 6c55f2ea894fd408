"""Exponentials exp(-d) by table."""

from amaranth import Module, Mux, Signal, unsigned
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from ...config import PredictiveFormat
from .predictive_tables import exponential_table
from .softmax_layouts import Difference, Exponential

__all__ = ["Exponentials"]


class Exponentials(wiring.Component):
    """Exponentials of differences, 0 beyond the table.

    One a cycle; each appears one cycle after its difference was taken.

    Parameters
    ----------
    measures : :class:`PredictiveFormat`
        Formats.
    pass_weight_width : :class:`int`
        Bits of the weight of a pass.

    Members
    -------
    i : :py:`In(stream.Signature(Difference(measures, pass_weight_width)))`
        Differences.
    o : :py:`Out(stream.Signature(Exponential(measures, pass_weight_width)))`
        Their exponentials.
    """

    def __init__(self, measures: PredictiveFormat, pass_weight_width: int):
        self._measures = measures
        super().__init__(
            {
                "i": In(stream.Signature(Difference(measures, pass_weight_width))),
                "o": Out(stream.Signature(Exponential(measures, pass_weight_width))),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        measures = self._measures
        entries = exponential_table(measures)
        m.submodules.table = table = memory.Memory(
            shape=unsigned(measures.exponential_width), depth=len(entries), init=entries
        )
        reader = table.read_port()

        step = Signal()
        m.d.comb += [step.eq(~self.o.valid | self.o.ready), self.i.ready.eq(step)]

        # Rounded half up, as everywhere.
        index = Signal(range(measures.index_max + 1))
        beyond = Signal()
        half = 1 << measures.dropped_bits >> 1
        m.d.comb += [
            index.eq((self.i.p.value + half) >> measures.dropped_bits),
            reader.addr.eq(index),
            reader.en.eq(step),
            self.o.p.value.eq(Mux(beyond, 0, reader.data)),
        ]
        with m.If(step):
            m.d.sync += [
                beyond.eq(index >= len(entries)),
                self.o.valid.eq(self.i.valid),
                self.o.p.final.eq(self.i.p.final),
                self.o.p.end.eq(self.i.p.end),
            ]

        return m
